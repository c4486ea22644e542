"""Acts on accounts and homes: in a transaction, refusing with a sentence."""
