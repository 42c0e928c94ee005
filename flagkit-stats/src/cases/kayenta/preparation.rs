//! `DetectorSuite.scala` and `TransformSuite.scala`: what happens to series before.

use crate::cases::checks::Checks;
use crate::cases::field::{Field, Problem};
use crate::kayenta::Detector;
use crate::kayenta::transform::{remove_missing, remove_outliers, replace_missing};

pub(super) fn check(case: &Field<'_>, checks: &mut Checks) -> Result<(), Problem> {
    let data = case.at("data").numbers()?;
    let transform = case.at("transform");
    if transform.is_absent() {
        let wanted = case.at("outlier");
        let flags: Vec<bool> = wanted.items()?.iter().map(Field::flag).collect::<Result<_, _>>()?;
        let got = detector(case)?.detect(&data);
        checks.words((wanted.path(), &words(&flags)), &words(&got));
        return Ok(());
    }
    let answer = match transform.text()? {
        "removeNaNs" => remove_missing(&data),
        "replaceNaNs" => {
            replace_missing(&data, case.first(&["replacement", "value", "replaceWith"]).or(0.0)?)
        }
        "removeOutliers" => remove_outliers(&data, detector(case)?),
        other => {
            let known = ["removeNaNs", "replaceNaNs", "removeOutliers"];
            return Err(transform.unknown(other, &known));
        }
    };
    let wanted = case.at("expect");
    if answer.is_empty() && wanted.items()?.is_empty() {
        checks.words((wanted.path(), ""), "");
    }
    checks.all_near(&wanted, &answer, 0.0)
}

fn words(flags: &[bool]) -> String {
    format!("{flags:?}")
}

fn detector(case: &Field<'_>) -> Result<Detector, Problem> {
    let name = case.at("detector");
    let reduced = case.at("reduceSensitivity").flag()?;
    match name.text()? {
        "IQR" => {
            let factor = case.at("factor").or(1.5)?;
            Ok(if reduced {
                Detector::ReducedInterquartileRange { factor }
            } else {
                Detector::InterquartileRange { factor }
            })
        }
        "KSigma" => Ok(Detector::StandardDeviations { factor: case.at("factor").or(3.0)? }),
        other => Err(name.unknown(other, &["IQR", "KSigma"])),
    }
}
