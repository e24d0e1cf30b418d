"""The recommenders and channels that come with dangol. They use only `dangol.plugin`."""
