"""Ready-made campaigns: YAML files whose settings a shop fills in, put among its definitions by the same checks."""
