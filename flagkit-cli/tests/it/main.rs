//! The binary as its users meet it: files and arguments in, text and exit codes out.

mod convert;
mod demo;
mod eval;
mod explain;
mod remote;
mod rollout;
mod run;
mod serve;
mod served;
mod usage;
mod validate;
