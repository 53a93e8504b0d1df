"""Documents of a live libvirt, changed by way of `generated.domain` and given back."""
