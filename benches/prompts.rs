//! How long prompt lists take to open, beside other programs that read the same files, and how long a key takes that moves
//! in one. Prints only.
//!
//! `cargo bench --bench prompts [-- PROMPTS]`: 100,000 prompts, or as many as given.

#[path = "support/moving.rs"]
mod moving;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use voicebooth::prompts::{CheckLimits, PromptList, ReadOptions, check};

/// Runs of each row.
const RUNS: usize = 5;

fn main() -> std::io::Result<()> {
    let wanted = std::env::args().skip(1).find_map(|arg| arg.parse().ok());
    let prompts: usize = wanted.unwrap_or(100_000);
    let folder = tempfile::tempdir()?;
    println!("{prompts} prompts of about 60 characters; ms, min / median / max of {RUNS} runs\n");
    println!("| what | ms |\n| --- | --- |");
    for (name, content) in lists(prompts) {
        let path = folder.path().join(name);
        std::fs::write(&path, content)?;
        row(&format!("`{name}` opened"), || read(&path));
    }
    let text = folder.path().join("list.txt");
    let bytes = std::fs::read(&text)?;
    row("`list.txt` checked, near-duplicates and all", || {
        let limits = CheckLimits {
            max_take_ms: 60_000,
        };
        let report = check("list.txt", &bytes, &ReadOptions::default(), limits);
        assert!(!report.has_errors());
    });
    println!(
        "\nmoving, µs from key to drawn frame, min / median / max\n\n| items | → | list | → in the list | what is to be redone |"
    );
    println!("| --- | --- | --- | --- | --- |");
    for items in [100, prompts] {
        moving::row(items)?;
    }
    println!("\n| what | ms |\n| --- | --- |");
    let jsonl = folder.path().join("list.jsonl");
    let json =
        "import json,sys; [json.loads(line) for line in open(sys.argv[1], encoding='utf-8')]";
    let csv =
        "import csv,sys; list(csv.DictReader(open(sys.argv[1], encoding='utf-8', newline='')))";
    let sheet = folder.path().join("list.csv");
    let peers = [
        ("`wc -l list.txt`", "wc", vec!["-l"], &text),
        ("`sort list.txt`", "sort", vec![], &text),
        (
            "Python, `json` of `list.jsonl`",
            "python3",
            vec!["-c", json],
            &jsonl,
        ),
        (
            "Python, `csv` of `list.csv`",
            "python3",
            vec!["-c", csv],
            &sheet,
        ),
    ];
    for (what, program, args, file) in peers {
        row(what, || {
            let mut peer = Command::new(program);
            let ran = peer.args(&args).arg(file).stdout(Stdio::null()).status();
            assert!(ran.is_ok_and(|status| status.success()), "{program}");
        });
    }
    Ok(())
}

fn read(path: &Path) {
    let list = PromptList::read(path, &ReadOptions::default());
    assert!(
        list.is_ok_and(|list| !list.prompts.is_empty()),
        "{}",
        path.display()
    );
}

fn row(what: &str, mut run: impl FnMut()) {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let begun = Instant::now();
            run();
            begun.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let (min, median, max) = (times[0], times[RUNS / 2], times[RUNS - 1]);
    println!("| {what} | {min:.0} / {median:.0} / {max:.0} |");
}

/// The same texts in several formats.
fn lists(prompts: usize) -> [(&'static str, String); 4] {
    let (mut text, mut csv, mut jsonl, mut xml) = (
        String::new(),
        "id,text,language\n".to_owned(),
        String::new(),
        "<session><recordingscript><section name=\"all\">\n".to_owned(),
    );
    for n in 0..prompts {
        let says = format!(
            "Sentence {n} says that the harbour, at {} o'clock, is calm.",
            n % 24
        );
        let (id, says) = (format!("s-{n}"), says.as_str());
        text.extend([says, "\n"]);
        csv.extend([&id, ",\"", says, "\",en\n"]);
        jsonl.extend([
            "{\"id\":\"",
            &id,
            "\",\"text\":\"",
            says,
            "\",\"language\":\"en\"}\n",
        ]);
        xml.extend([
            "<recording itemcode=\"",
            &id,
            "\"><recprompt><mediaitem>",
            says,
        ]);
        xml.push_str("</mediaitem></recprompt></recording>\n");
    }
    xml += "</section></recordingscript></session>\n";
    [
        ("list.txt", text),
        ("list.csv", csv),
        ("list.jsonl", jsonl),
        ("script.xml", xml),
    ]
}
