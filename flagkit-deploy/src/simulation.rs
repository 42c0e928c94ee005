//! Worlds that are simulated: no clock, no IO, and the same every time.

pub mod chaos;
pub mod crash;
pub mod site;
pub mod trial;
pub mod weighted;
