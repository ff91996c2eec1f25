"""The data plane: packets in by the batch, decrypted, handed to a Router, copied, sent."""
