"""What can hold together: proofs that rules exclude each other, and witness records where they do not."""
