"""What two releases differ in, and which version number that asks for."""
