//! Exporting a corpus, and having the result read.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use voicebooth::export::formats::format;
use voicebooth::export::{
    ExportError, Report, Request, Selection, Shape, Split, export as run_export,
};
use voicebooth::prompts::Lexicon;

use crate::corpus::Recorded;

/// Where Lhotse is, which needs a Python with torch.
const LHOTSE: &str = "interop-lhotse";

/// What a test asks for besides the format.
#[derive(Default)]
pub struct Asked {
    pub shape: Shape,
    pub split: Split,
    pub lexicon: Option<Lexicon>,
    pub skip_refused: bool,
}

/// Exports `corpus` to `out`.
pub fn export(
    name: &str,
    corpus: &Path,
    out: &Path,
    asked: Asked,
) -> Result<Report, Box<ExportError>> {
    let request = Request {
        format: format(name).unwrap(),
        selection: Selection::default(),
        shape: asked.shape,
        split: asked.split,
        lexicon: asked.lexicon,
        skip_refused: asked.skip_refused,
        shard: None,
        command: vec!["export".into(), name.into()],
        progress: &|_, _| {},
    };
    run_export(corpus, out, &request).map_err(Box::new)
}

/// The Python that `scripts/interop` has set up in `target/<environment>`. `None`, with a line that says so, where it has
/// not been run.
///
/// # Panics
/// Where it has not been run and the environment demands it.
pub fn python(environment: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join("target").join(environment).join("bin/python");
    if python.exists() {
        return Some(python);
    }
    let demand = match environment {
        LHOTSE => "VOICEBOOTH_REQUIRE_LHOTSE",
        _ => "VOICEBOOTH_REQUIRE_INTEROP",
    };
    let required = std::env::var_os(demand).is_some_and(|value| value == "1");
    assert!(!required, "there is no {}", python.display());
    // Past the capture of the test harness: who runs the tests is to see it.
    let _ = writeln!(
        std::io::stderr(),
        "skipped: the loaders are not installed (scripts/interop does that)"
    );
    None
}

/// Has the export at `out` read by `loaders/<loader>.py`. What it printed; empty where the loaders are not installed.
///
/// # Panics
/// When the loader finds something else than was recorded.
pub fn load(loader: &str, out: &Path, expected: &[Recorded]) -> String {
    load_with(loader, out, expected, &json!({}))
}

/// The same; the loader is told something more.
pub fn load_with(loader: &str, out: &Path, expected: &[Recorded], more: &Value) -> String {
    let environment = match loader {
        "lhotse_manifests" => LHOTSE,
        _ => "interop",
    };
    let Some(python) = python(environment) else {
        return String::new();
    };
    let facts = out.with_extension("expected.json");
    let expected = json!({ "utterances": expected, "more": more });
    std::fs::write(&facts, expected.to_string()).unwrap();
    let loaders = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/loaders");
    let output = Command::new(python)
        .arg("-B") // leaves nothing beside the sources
        .arg(loaders.join(format!("{loader}.py")))
        .arg(out)
        .arg(&facts)
        .env("HF_HUB_OFFLINE", "1")
        .env("HF_HOME", out.with_extension("cache"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{loader}.py on {}:\n{said}\n{}",
        out.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

/// The takes that were refused, by prompt and why; nothing was written.
///
/// # Panics
/// When nothing was refused.
pub fn refused(result: Result<Report, Box<ExportError>>) -> Vec<(String, String)> {
    let Err(error) = result else {
        panic!("nothing was refused")
    };
    let ExportError::Refused(refused) = *error else {
        panic!("{error}")
    };
    let named = refused.into_iter().map(|refusal| {
        let stem = refusal.take.rsplit('/').next().unwrap().to_owned();
        let prompt = stem.split("_r1_").next().unwrap().to_owned();
        (prompt, refusal.why)
    });
    named.collect()
}

/// What was recorded of those prompts that a format did not refuse.
pub fn without(expected: &[Recorded], prompts: &[&str]) -> Vec<Recorded> {
    let kept = |line: &&Recorded| !prompts.contains(&line["prompt"].as_str().unwrap());
    expected.iter().filter(kept).cloned().collect()
}

/// The same with the split that the export must have put each speaker in.
pub fn in_splits(mut expected: Vec<Recorded>, of: &[(&str, &str)]) -> Vec<Recorded> {
    for line in &mut expected {
        let speaker = line["speaker"].as_str().unwrap();
        let split = of.iter().find(|(s, _)| *s == speaker).unwrap().1;
        line["split"] = json!(split);
    }
    expected
}

/// A split that is listed by speaker.
pub fn listed(folder: &Path, of: &[(&str, &str)]) -> Split {
    let lines = of
        .iter()
        .map(|(speaker, split)| format!("{speaker}\t{split}\n"));
    let path = folder.join("splits.tsv");
    std::fs::write(&path, lines.collect::<String>()).unwrap();
    Split::read(&path).unwrap()
}
