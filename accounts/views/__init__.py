"""Pages of accounts and homes, one module a journey."""
