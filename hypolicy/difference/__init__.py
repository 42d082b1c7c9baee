"""What two policies do differently: the changes in words, and for each a record that shows it, or a proof."""
