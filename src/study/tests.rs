use std::path::Path;

use super::*;
use crate::signal::thresholds::Thresholds;

const NAMES: [&str; 2] = ["rate", "max-take"];

fn parse(content: impl AsRef<[u8]>) -> Result<Study, Vec<String>> {
    let check = |name: &str, words: &str| match (name, words) {
        ("rate", "high") => Err("rates are numbers".to_owned()),
        _ => Ok(()),
    };
    let rules = SettingRules {
        names: &NAMES,
        of_the_booth: &["input"],
        check: &check,
    };
    let study = Study::parse(Path::new("s.toml"), content.as_ref(), &rules);
    study.map_err(|error| error.to_string().lines().map(str::to_owned).collect())
}

/// What is wrong with a study that has these lines after its name and prompts, with its places.
fn mistakes(lines: &str) -> Vec<String> {
    parse(format!("name = 'n'\nprompts = 'p.txt'\n{lines}")).unwrap_err()
}

#[test]
fn a_study_needs_a_name_and_prompts() {
    let study = parse("name = 'n'\nprompts = ['a.txt', 'b.tsv']").unwrap();
    assert_eq!(study.name, "n");
    assert_eq!(study.prompts, [Path::new("a.txt"), Path::new("b.tsv")]);
    assert_eq!(study.script, Script::default());
    let missing = parse("").unwrap_err();
    assert!(missing[0].starts_with("s.toml:1:1: `name` is missing"));
    assert!(missing[1].starts_with("s.toml:1:1: `prompts` is missing"));
}

#[test]
fn a_study_is_known_by_the_hash_of_its_bytes() {
    let study = parse("name = 'n'\nprompts = 'p'\n").unwrap();
    // printf "name = 'n'\nprompts = 'p'\n" | sha256sum | head -c 12
    assert_eq!(study.sha256, "9beb0ddbf96b");
    assert_eq!(study.text, "name = 'n'\nprompts = 'p'\n");
}

#[test]
fn settings_are_kept_under_the_names_of_their_flags() {
    let study = parse("name = 'n'\nprompts = 'p'\nrate = 44_100\nmax_take = 2.5").unwrap();
    let pair = |name: &str, words: &str| (name.to_owned(), words.to_owned());
    assert_eq!(
        study.settings,
        [pair("max-take", "2.5"), pair("rate", "44100")]
    );
}

#[test]
fn every_mistake_is_named_at_once() {
    let found = mistakes(
        "rate = 'high'\nlicense = 'CC0-1.0'\ninput = 'demo'\nmax_take = 1\nmax-take = 2\ntitle = 3\nlicence = 'CC BY 4.0'\n\
         [practice]\nitems = 0\n[limits]\nsnr = 3\nsnr_db = 'x'\nrms_dbfs = [-18, -23]\n[breaks]\ntext = 'rest'\n",
    );
    let expected = [
        "s.toml:3:8: rates are numbers",
        "s.toml:4:1: unknown key `license` in a study; did you mean `licence`?",
        "s.toml:5:1: `input` is the booth's, not the study's: give it in the configuration file, or as --input",
        "s.toml:6:1: `max-take` is there twice; - and _ are the same",
        "s.toml:8:9: `title` is text in quotes",
        "s.toml:9:11: `CC BY 4.0` is no licence in the form of SPDX, such as ",
        "s.toml:11:9: `items` is a whole number from 1 to 4294967295",
        "s.toml:13:1: unknown key `snr` in [limits]; keys are ",
        "s.toml:14:10: `snr-db` is a number, dB, from 0 to 140",
        "s.toml:15:12: `rms-dbfs` is two levels, such as [-23, -18], or false for no limit",
        "s.toml:16:1: [breaks] needs `every-items` or `every-minutes`",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}\n{expected}");
    }
}

#[test]
fn quotas_are_numbers_and_their_mistakes_are_named() {
    let said = mistakes(
        "[quotas]\nspeakers = 0\nper-label = 3\n[quotas.labels]\nyes = 'x'\n[quotas.answers]\ngender = 3\n",
    );
    for line in [
        "s.toml:4:12: `speakers`",
        "s.toml:5:1: unknown key `per-label` in [quotas]; keys are speakers, takes-per-label, labels, answers",
        "s.toml:7:7: `yes` in [quotas.labels] is a whole number from 1",
        "s.toml:9:1: `gender` is a table: [quotas.answers.gender]",
    ] {
        assert!(
            said.iter().any(|s| s.starts_with(line)),
            "{line}\n{said:#?}"
        );
    }
}

#[test]
fn limits_stand_over_those_of_the_profile() {
    let study = parse(
        "name = 'n'\nprompts = 'p'\n[limits]\nsnr_db = 15\nloud-peak-dbfs = false\nrms-dbfs = [-25.5, -18]\ndigital-silence = true",
    )
    .unwrap();
    let over = study.limits.over(&Thresholds::TTS);
    let expected = Thresholds {
        snr_db: 15.0,
        loud_peak_dbfs: None,
        rms_dbfs: Some((-25.5, -18.0)),
        digital_silence: true,
        ..Thresholds::TTS
    };
    assert_eq!(over, expected);
    assert_eq!(Limits::default().over(&Thresholds::TTS), Thresholds::TTS);
}

#[test]
fn forms_are_questions_in_their_order() {
    let study = parse(
        "name = 'n'\nprompts = 'p'\n\
         [[speaker-form]]\nid = 'age'\nquestion = 'How old are you?'\ntype = 'number'\nmin = 18\nmax = 120\nrequired = true\n\
         [[speaker-form]]\nid = 'l1'\nquestion = 'First language?'\ntype = 'choice'\nchoices = ['German', { value = 'x', text = 'None' }]\nother = true\nhelp = 'One.'\n\
         [[session_form]]\nid = 'cold'\nquestion = 'A cold?'\ntype = 'yes-no'\n",
    )
    .unwrap();
    let [age, language] = study.script.speaker_form.as_slice() else {
        panic!("{:?}", study.script.speaker_form)
    };
    let bounds = QuestionKind::Number {
        min: Some(18),
        max: Some(120),
    };
    assert_eq!((&age.kind, age.required), (&bounds, true));
    let QuestionKind::Choice { choices, other } = &language.kind else {
        panic!("{language:?}")
    };
    let pairs: Vec<_> = choices.iter().map(|c| (c.value(), c.text())).collect();
    assert_eq!(
        (pairs, *other),
        (vec![("German", "German"), ("x", "None")], true)
    );
    assert_eq!(language.help.as_deref(), Some("One."));
    assert_eq!(study.script.session_form[0].kind, QuestionKind::YesNo);
}

#[test]
fn what_is_wrong_with_a_question_is_named_where_it_stands() {
    let found = mistakes(
        "[[speaker-form]]\nid = 'Age'\nquestion = 'Old?'\ntype = 'nummer'\n\
         [[speaker-form]]\nid = 'a'\ntype = 'text'\nmin = 3\n\
         [[speaker-form]]\nid = 'b'\nquestion = 'B?'\ntype = 'choice'\nchoices = ['x']\n\
         [[speaker-form]]\nid = 'b'\nquestion = 'B?'\ntype = 'number'\nmin = 3\nmax = 2\n",
    );
    let expected = [
        "s.toml:4:6: id `Age`: give lower case letters a to z, digits and _, at most 64",
        "s.toml:6:8: `type` is one of text, number, choice, yes_no",
        "s.toml:7:1: `question` is missing: what is asked",
        "s.toml:10:1: unknown key `min` in a question of type text; keys are ",
        "s.toml:15:11: a choice has at least two answers",
        "s.toml:16:1: another question has the id `b` already",
        "s.toml:21:7: `max` is less than `min`",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}\n{expected}");
    }
}

#[test]
fn consent_has_a_version_and_scopes() {
    let study = parse(
        "name = 'n'\nprompts = 'p'\n[consent]\nversion = '2'\ngivers = ['self', 'guardian']\n\
         [[consent.scopes]]\nid = 'study'\nrequired = true\n[[consent.scopes]]\nid = 'museum'\ntext = 'Shown there.'\n",
    )
    .unwrap();
    let consent = study.script.consent.unwrap();
    assert_eq!(consent.version, "2");
    assert_eq!(consent.givers, [Giver::Oneself, Giver::Guardian]);
    assert_eq!(consent.means, [Means::Screen]);
    assert_eq!(consent.scopes.len(), 2);
    let found =
        mistakes("[consent]\nversion = '2'\nmeans = 'post'\n[[consent.scopes]]\nid = 'museum'\n");
    assert!(found[0].starts_with("s.toml:5:9: `means` is one of screen, paper, spoken"));
    assert!(found[1].starts_with("s.toml:7:6: the scope `museum` needs a `text`"));
    let found = mistakes("[consent]\n");
    assert!(
        found[0].starts_with("s.toml:3:1: `scopes` is missing"),
        "{found:?}"
    );
}

#[test]
fn instructions_for_a_section_that_no_prompt_has_are_a_mistake() {
    let study = parse(
        "name = 'n'\nprompts = 'p'\n[instructions.sections]\none = 'First.'\n'Part 2' = 'Then.'\n",
    )
    .unwrap();
    let found = study.unknown_sections(&["one", "two"]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].line, found[0].column), (5, 1));
    let message = "instructions for section `Part 2`, which the prompts do not have; their sections are `one`, `two`";
    assert_eq!(found[0].message, message);
}

#[test]
fn slips_in_the_grammar_are_named_with_line_and_column() {
    assert!(mistakes("rate = 1\nrate = 2\n")[0].starts_with("s.toml:4:1: duplicate key"));
    let found = parse(b"name = 'n'\ntitle = '\xff'").unwrap_err();
    assert_eq!(
        found,
        ["s.toml:2:10: this is not UTF-8; save the file as UTF-8"]
    );
}
