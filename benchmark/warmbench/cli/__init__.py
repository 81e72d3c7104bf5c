"""The commands, one file each. They read options, call the library, and print."""
