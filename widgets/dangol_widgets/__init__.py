"""The widgets that come with dangol. They use only `dangol.plugin`."""
