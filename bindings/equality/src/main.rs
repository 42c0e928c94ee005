//! The same questions in every language, and Rust's answers to them.
//!
//! `flagkit-equality make CASES --pairs 200000` writes made-up documents with flags and users, in a
//! form that every language reads in a few lines (see [`cases`]); `flagkit-equality answer CASES
//! ANSWERS json|plain` evaluates them. Programs of other languages do the same, and whoever compares
//! the answers compares bytes.

#![forbid(unsafe_code)]

mod answers;
mod cases;
mod make;
mod plain;

use std::error::Error;
use std::fs;

use answers::Values;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["make", cases, "--pairs", pairs] => make::write(cases.as_ref(), pairs.parse()?),
        ["answer", cases, answers, values] => {
            let values = match *values {
                "json" => Values::Json,
                "plain" => Values::Plain,
                other => return Err(format!("`{other}` is neither `json` nor `plain`").into()),
            };
            fs::write(answers, answers::of(&fs::read(cases)?, values)?)?;
            Ok(())
        }
        _ => Err("say `make CASES --pairs COUNT` or `answer CASES ANSWERS json|plain`".into()),
    }
}
