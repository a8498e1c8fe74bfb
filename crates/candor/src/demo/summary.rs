//! The end of the demo: a table for people, one object for machines.

use serde_json::{Value, json};

use super::stage::Stage;
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::{durable, output};

/// Tells how the demo went, on standard output and in `report.json`.
pub(crate) fn tell(stage: &Stage, as_json: bool, played: &Outcome) -> Outcome {
    let object = object(stage, played.as_ref().err());
    let bytes = serde_json::to_vec_pretty(&object).because(Kind::Unexpected, "write the summary")?;
    durable::write_private(&stage.path("report.json"), &bytes).because(Kind::Storage, "write report.json")?;
    if as_json {
        output::data(&String::from_utf8_lossy(&bytes));
    } else {
        output::data(&for_people(stage));
    }
    Ok(())
}

fn object(stage: &Stage, failure: Option<&Failure>) -> Value {
    let found = &stage.found;
    json!({
        "ok": failure.is_none(),
        "failure": failure.map(ToString::to_string),
        "steps": stage.done,
        "program": found.program,
        "dataset": found.dataset,
        "dataset_before_withdrawal": found.dataset_before_withdrawal,
        "evidence": found.evidence,
        "policy": found.policy,
        "report": found.report,
        "verify": if found.verified { "ok" } else { "failed" },
        "server": found.kept_server,
        "figures": found.rows.iter().map(|[what, value]| (what.clone(), Value::from(value.clone())))
            .collect::<serde_json::Map<_, _>>(),
    })
}

fn for_people(stage: &Stage) -> String {
    let found = &stage.found;
    let mut lines = vec![String::new()];
    let step = |done: &super::stage::Done| {
        vec![
            done.name.to_owned(),
            if done.ok { "ok" } else { "FAILED" }.to_owned(),
            format!("{:.1} s", done.seconds),
        ]
    };
    lines.push(output::table(&["step", "", "took"], stage.done.iter().map(step)));
    lines.push(String::new());
    lines.push(output::table(&["what", "figure"], found.rows.iter().map(|row| row.to_vec())));
    lines.push(String::new());
    let paths = [
        ("dataset before the withdrawal", &found.dataset_before_withdrawal),
        ("dataset", &found.dataset),
        ("evidence", &found.evidence),
        ("trust policy", &found.policy),
        ("report", &found.report),
    ];
    for (what, path) in paths {
        lines.extend(path.as_ref().map(|path| format!("{what}: {}", path.display())));
    }
    if let Some(address) = &found.kept_server {
        lines.push(format!("the server is still running: {address}"));
    }
    lines.push(format!("verify: {}", if found.verified { "ok" } else { "FAILED" }));
    lines.join("\n")
}
