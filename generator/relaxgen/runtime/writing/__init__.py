"""From objects to text: the mechanism behind generated write functions."""
