"""The command line that libvirt of 2011 ran QEMU with, made from a domain's document by way of `generated.domain`."""
