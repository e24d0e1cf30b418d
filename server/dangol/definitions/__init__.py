"""What a shop's team defines: the site, its segments and its campaigns."""
