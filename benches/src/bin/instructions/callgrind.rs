//! Instructions, counted by valgrind's callgrind.
//!
//! Only `counted_calls` is counted, so start-up, loading and the first call cost nothing.
//! What a machine could change is held still: the environment is empty, because its size
//! moves the stack; the C library takes the string functions of every x86-64 processor;
//! valgrind itself maps memory at the same addresses every time, from which the hash
//! maps draw their seeds.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use flagkit_benches::native::NativeScenario;

use crate::Outcome;

/// Valgrind, which is installed.
#[derive(Debug)]
pub(crate) struct Callgrind(());

impl Callgrind {
    /// Valgrind if it is here, and if this is a machine whose instructions are on record.
    pub(crate) fn find() -> Option<Self> {
        let asked = Command::new("valgrind").arg("--version").output();
        let is_here = asked.is_ok_and(|output| output.status.success());
        (cfg!(all(target_arch = "x86_64", target_os = "linux")) && is_here).then_some(Self(()))
    }

    /// Instructions per call.
    #[expect(clippy::unused_self, reason = "whoever has one has asked whether valgrind is here")]
    pub(crate) fn instructions_of(&self, scenario: &NativeScenario) -> Outcome<f64> {
        fs::create_dir_all(FOLDER)?;
        let profile = Path::new(FOLDER).join(scenario.name);
        let output = Command::new("valgrind")
            .env_clear()
            .envs(env::var_os("PATH").map(|path| ("PATH", path)))
            .env("GLIBC_TUNABLES", format!("glibc.cpu.hwcaps={PLAIN_PROCESSOR}"))
            .args(["--tool=callgrind", "--toggle-collect=*counted_calls*"])
            .arg(format!("--callgrind-out-file={}", profile.display()))
            .arg(env::current_exe()?)
            .args(["count", scenario.name])
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        let total = total(&fs::read_to_string(&profile)?);
        let total = total.ok_or_else(|| format!("{} says no total", profile.display()))?;
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let calls = scenario.round as f64;
        // As many digits as the record shows: what it says of the same binary is no change.
        Ok((total / calls * 10.0).round() / 10.0)
    }
}

/// What a profile says about all functions together; nothing if nothing was counted.
fn total(profile: &str) -> Option<f64> {
    let total = profile.lines().find_map(|line| line.strip_prefix("totals: "))?;
    total.parse().ok().filter(|total| *total > 0.0)
}

/// Where the profiles stay, for `callgrind_annotate`.
const FOLDER: &str = "target/callgrind";

/// The C library's names, old and new, of what only some x86-64 processors have; it passes over
/// those that it does not know.
const PLAIN_PROCESSOR: &str = "-AVX2,-AVX2_Usable,-AVX_Fast_Unaligned_Load,-AVX512F,-AVX512VL,\
                               -BMI2,-ERMS,-FSRM,-SSE4_2,-SSE4_1,-SSSE3";
