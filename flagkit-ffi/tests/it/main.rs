//! The functions of the header, called as C calls them.

mod allocation;
