use super::*;

fn parse(name: &str, content: &str) -> Result<PromptList, PromptErrors> {
    PromptList::parse(name, content.as_bytes(), &ReadOptions::default())
}

fn texts(list: &PromptList) -> Vec<&str> {
    list.prompts.iter().map(|p| p.text.as_str()).collect()
}

fn ids(list: &PromptList) -> Vec<&str> {
    list.prompts.iter().map(|p| p.id.as_str()).collect()
}

/// The messages of a list that must not be read.
fn messages(name: &str, content: impl AsRef<[u8]>) -> Vec<String> {
    PromptList::parse(name, content.as_ref(), &ReadOptions::default())
        .unwrap_err()
        .to_string()
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_text_file_has_one_prompt_a_line() {
    let list = parse("lists/digits.txt", "zero\none\n").unwrap();
    assert_eq!(list.name, "digits.txt");
    assert_eq!(ids(&list), ["zero", "one"]);
    assert_eq!(list.warnings, []);
}

#[test]
fn line_ends_byte_order_mark_and_blanks_at_the_ends_do_not_matter() {
    let plain = parse("a.txt", "zero\none\n").unwrap();
    let wild = parse("a.txt", "\u{FEFF}zero \r\n\r\n \u{3000}one\t").unwrap();
    let lines = |list: &PromptList| list.places.iter().map(|at| at.line).collect::<Vec<_>>();
    assert_eq!((lines(&plain), lines(&wild)), (vec![1, 2], vec![1, 3]));
    let places = plain.places.clone();
    assert_eq!(PromptList { places, ..wild }, plain);
}

#[test]
fn a_text_is_kept_exactly() {
    let text = "Ze\u{301}ro  \"twice\"\u{a0}!  ÀB‘c’ \u{200F}٣";
    for name in ["a.txt", "a.tsv"] {
        let list = parse(name, text).unwrap();
        assert_eq!(texts(&list), [text]);
    }
}

#[test]
fn comments_are_read_as_prompts_unless_declared() {
    let content = "# digits\nzero\n #one\ntwo # three\n";
    let options = ReadOptions {
        comments: true,
        ..ReadOptions::default()
    };
    let declared = PromptList::parse("a.txt", content.as_bytes(), &options).unwrap();
    assert_eq!(texts(&declared), ["zero", "#one", "two # three"]);
    assert_eq!(declared.warnings, []);

    let undeclared = parse("a.txt", content).unwrap();
    assert_eq!(undeclared.prompts.len(), 4);
    assert_eq!(undeclared.warnings.len(), 1);
    let warning = undeclared.warnings[0].to_string();
    assert!(
        warning.starts_with("1:1: `#` begins this line"),
        "{warning}"
    );

    let tsv = "# a\nid\ttext\n# b\n1\tone\n";
    let declared = PromptList::parse("a.tsv", tsv.as_bytes(), &options).unwrap();
    assert_eq!(ids(&declared), ["1"]);
}

#[test]
fn a_header_names_columns_in_any_order_and_case() {
    let list = parse(
        "a.tsv",
        "Note\tTEXT\tid\tlabel\tspoken\tlanguage\thint\tsection\nn\tt\ti\tl\ts\ten-GB\th\tse\n\tonly\n",
    )
    .unwrap();
    let some = |text: &str| Some(text.to_owned());
    let full = Prompt {
        id: "i".into(),
        text: "t".into(),
        spoken: some("s"),
        label: some("l"),
        language: some("en-GB"),
        hint: some("h"),
        section: some("se"),
        note: some("n"),
        repeat: 1,
        ..Prompt::default()
    };
    let short = Prompt {
        id: "only".into(),
        text: "only".into(),
        repeat: 1,
        ..Prompt::default()
    };
    assert_eq!(list.prompts, [full, short]);
}

#[test]
fn a_word_is_its_own_label_where_the_list_has_no_place_for_labels() {
    let labels = |name, content| -> Vec<Option<String>> {
        let list = parse(name, content).unwrap();
        list.prompts.into_iter().map(|p| p.label).collect()
    };
    let own = |text: &str| Some(text.to_owned());
    assert_eq!(
        labels("a.txt", " Zero\nShip ahoy!\nno\u{a0}one\nнет\n"),
        [own("Zero"), None, None, own("нет")]
    );
    assert_eq!(labels("a.tsv", "zero\none two\n"), [own("zero"), None]);
    assert_eq!(labels("a.tsv", "n0\tzero\n"), [own("zero")]);
    let spoken = "text\tspoken\n0\tzero\nten past\tten past\n";
    assert_eq!(labels("a.tsv", spoken), [own("0"), None]);
    // Who has a column for labels means what stands there, and that nothing stands there.
    let given = "text\tlabel\nzero\t0\none\t\ntwo\n";
    assert_eq!(labels("a.tsv", given), [own("0"), None, None]);
}

#[test]
fn without_a_header_one_column_is_the_text_and_two_are_id_and_text() {
    assert_eq!(
        ids(&parse("a.tsv", "zero\n\"one\"\n").unwrap()),
        ["zero", "one-49e9fcfb"]
    );
    let list = parse("a.tsv", "n0\t\"zero\nn1\tone\"\n").unwrap();
    assert_eq!(ids(&list), ["n0", "n1"]);
    assert_eq!(texts(&list), ["\"zero", "one\""]);
}

#[test]
fn a_text_file_with_columns_is_read_as_tsv() {
    let list = parse(
        "de_0000.txt",
        "\n300-01\tGuten Morgen.\n300-02\tGuten Abend.\n",
    )
    .unwrap();
    assert_eq!(ids(&list), ["300-01", "300-02"]);
}

#[test]
fn an_id_is_given_or_made_from_the_text_but_never_the_line() {
    let before = parse("a.txt", "Ship ahoy!\nzero\n").unwrap();
    let after = parse("a.txt", "new\nzero\nShip ahoy!\n").unwrap();
    assert_eq!(ids(&before), ["ship-ahoy-9f99e23d", "zero"]);
    assert_eq!(ids(&after), ["new", "zero", "ship-ahoy-9f99e23d"]);
    assert_eq!(ids(&parse("a.tsv", "ID.7/x\tSeven").unwrap()), ["ID.7/x"]);
    assert_eq!(
        ids(&parse("a.tsv", "ze\u{301}ro\t0").unwrap()),
        ["z\u{e9}ro"]
    );
}

#[test]
fn duplicate_lines_become_repeats_with_a_warning_that_names_both() {
    let list = parse("l/a.txt", "yes\nno\nyes\nyes\n").unwrap();
    assert_eq!(texts(&list), ["yes", "no"]);
    assert_eq!(list.prompts[0].repeat, 3);
    let warnings: Vec<_> = list.warnings.iter().map(Warning::to_string).collect();
    assert_eq!(
        warnings,
        [
            "3:1: the same prompt as in line 1, so it is asked for 2 times: `yes`",
            "4:1: the same prompt as in line 1, so it is asked for 3 times: `yes`"
        ]
    );
}

#[test]
fn the_language_given_is_that_of_prompts_without_one() {
    let options = ReadOptions {
        language: Some("de".into()),
        ..ReadOptions::default()
    };
    let list = PromptList::parse("a.tsv", b"text\tlanguage\neins\none\ten\n", &options).unwrap();
    let languages: Vec<_> = list
        .prompts
        .iter()
        .filter_map(|p| p.language.as_deref())
        .collect();
    assert_eq!(languages, ["de", "en"]);
}

#[test]
fn all_mistakes_are_named_at_once_with_file_line_column_and_text() {
    let content = b"id\ttext\tlanguage\nn1\tone\nn1\ttwo\nn2\t\ten\nn3\tth\x1bree\nn 4\tfour\nn5\tf\xefve\nn6\tsix\tEnglish (US)\nn7\tseven\ten\t7\nn8\t\xe2\x80\x8b\n";
    assert_eq!(
        messages("l/a.tsv", content),
        [
            "l/a.tsv:3:1: id `n1` is already that of line 2, with another text: `one` there, `two` here: `n1⇥two`",
            "l/a.tsv:4:1: the text is empty: `n2⇥⇥en`",
            "l/a.tsv:5:6: control character U+001B in text (escape): `n3⇥th\\u{1b}ree`",
            "l/a.tsv:6:1: the id has blanks; ids have no blanks and at most 200 bytes: `n 4⇥four`",
            "l/a.tsv:7:5: byte 0xEF at offset 61 is not UTF-8 (in Latin-1 it would be `ï`); save the file as UTF-8: `n5⇥f�ve`",
            "l/a.tsv:8:8: `English (US)` is no language tag (BCP 47, such as en, pt-BR, zh-Hans): `n6⇥six⇥English (US)`",
            "l/a.tsv:9:13: 4 fields, but only 3 columns: `n7⇥seven⇥en⇥7`",
            "l/a.tsv:10:4: the text has nothing that can be seen: `n8⇥\u{200b}`",
        ]
    );
}

#[test]
fn a_header_with_mistakes_is_refused_once() {
    assert_eq!(
        messages("a.tsv", "id\ttexts\tid\ttext\n1\tone\n2\ttwo\n"),
        [
            "a.tsv:1:4: unknown column `texts`; columns are id, text, label, spoken, language, hint, section, note, repeat, translation, audio, image, duration_ms, pre_delay_ms, post_delay_ms, comment, instructions, afterwards, beep, blocked: `id⇥texts⇥id⇥text`",
            "a.tsv:1:10: column `id` is there twice: `id⇥texts⇥id⇥text`",
        ]
    );
    assert_eq!(
        messages("a.tsv", "id\tlabel\n1\tone\n"),
        ["a.tsv:1:1: the header has no column `text`: `id⇥label`"]
    );
}

#[test]
fn columns_that_nothing_names_are_not_guessed() {
    assert!(messages("a.tsv", "a\tb\tc\n")[0].starts_with("a.tsv:1:1: 3 columns need a header"));
    assert!(messages("a.tsv", "n1\tone\ntwo\n")[0].starts_with("a.tsv:2:1: one field"));
    assert!(messages("a.tsv", "zero\nn1\tone\n")[0].starts_with("a.tsv:2:4: 2 fields"));
    // A list of sentences and their lengths is not one of ids and texts.
    assert_eq!(
        texts(&parse("a.csv", "Good day.\t9\n").unwrap()),
        ["Good day."]
    );
}

#[test]
fn the_same_id_and_text_with_another_label_is_an_error() {
    assert_eq!(
        messages("a.tsv", "text\tlabel\nyes\tyes\nyes\tno\n"),
        [
            "a.tsv:3:1: id `yes` and its text stand in line 2 already, with another label; give one of them an id of its own: `yes⇥no`"
        ]
    );
}

#[test]
fn texts_that_only_look_the_same_are_an_error() {
    let message = &messages("a.txt", "z\u{e9}ro\nze\u{301}ro\n")[0];
    assert!(
        message.starts_with("a.txt:2:1: the text looks like that of line 1"),
        "{message}"
    );
}

#[test]
fn a_given_id_that_another_text_makes_is_an_error() {
    let message = &messages("a.tsv", "id\ttext\n\tzero\nzero\t0\n")[0];
    assert!(
        message.starts_with("a.tsv:3:1: id `zero` is already that of line 2"),
        "{message}"
    );
}

#[test]
fn what_is_no_text_in_utf8_is_refused_as_a_whole() {
    let utf16: Vec<u8> = "\u{FEFF}zero\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(
        messages("a.txt", utf16),
        ["a.txt: this is UTF-16, not UTF-8 text; save it as UTF-8"]
    );
    assert_eq!(
        messages("a.wav", b"RIFF\x10\0\0\0"),
        ["a.wav: this is no text: there is a zero byte at offset 5"]
    );
    assert!(
        messages("a.toml", "text = 1\n")[0].starts_with("a.toml: this is no prompt list of a kind")
    );
}

#[test]
fn an_empty_list_is_refused() {
    for (name, content) in [
        ("a.txt", ""),
        ("a.txt", "\u{FEFF} \r\n\n"),
        ("a.tsv", "id\ttext\n\t\t\n"),
    ] {
        assert_eq!(
            messages(name, content),
            [format!("{name}: there is no prompt in it")]
        );
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let error = PromptList::read(Path::new("no/such.txt"), &ReadOptions::default()).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("no/such.txt: it cannot be read: "),
        "{error}"
    );
}

#[test]
fn a_list_survives_its_normalised_form() {
    let content = "id\ttext\tlabel\tspoken\tlanguage\thint\tsection\tnote\na\t\"0\" \\ €\tl\ts\tde\th\tse\tn\nb\t1\n\t2\n\t2\n";
    let list = parse("a.tsv", content).unwrap();
    let jsonl = list.to_jsonl();
    assert_eq!(
        jsonl,
        concat!(
            r#"{"id":"a","text":"\"0\" \\ €","spoken":"s","label":"l","language":"de","hint":"h","section":"se","note":"n"}"#,
            "\n",
            r#"{"id":"b","text":"1"}"#,
            "\n",
            r#"{"id":"2","text":"2","repeat":2}"#,
            "\n"
        )
    );
    let back = PromptList::from_jsonl("x/a.tsv", jsonl.as_bytes()).unwrap();
    assert_eq!(
        (&back.prompts, &back.sha256, &back.name),
        (&list.prompts, &list.sha256, &list.name)
    );
}

#[test]
fn the_list_hash_names_the_content_whatever_the_file_is_called() {
    let list = parse("a.txt", "zero\none\n").unwrap();
    // printf '{"id":"zero","text":"zero","label":"zero"}\n{"id":"one","text":"one","label":"one"}\n' | sha256sum
    assert_eq!(list.sha256, "c72e995bf20a");
    assert_eq!(
        parse("b.tsv", "text\nzero\none\n").unwrap().sha256,
        list.sha256
    );
    assert_ne!(parse("a.txt", "one\nzero\n").unwrap().sha256, list.sha256);
}

#[test]
fn mistakes_in_a_normalised_list_are_named() {
    let content =
        "{\"id\":\"a\",\"text\":\"é\"}\n{\"id\":\"a\",\"text\":\"b\"}\n[]\n{\"id\":\"é\", oops\n";
    let errors = PromptList::from_jsonl("x.jsonl", content.as_bytes())
        .unwrap_err()
        .to_string();
    let places: Vec<_> = errors
        .lines()
        .map(|line| line.split(": ").next().unwrap_or(""))
        .collect();
    assert_eq!(
        places,
        ["x.jsonl:2:1", "x.jsonl:3:2", "x.jsonl:4:12"],
        "{errors}"
    );
}

#[test]
fn language_tags_have_the_form_of_bcp_47() {
    for tag in [
        "en",
        "pt-BR",
        "zh-Hans",
        "de-CH-1996",
        "sl-rozaj-biske",
        "haw",
    ] {
        assert!(is_language_tag(tag), "{tag}");
    }
    for tag in [
        "",
        "e",
        "en_US",
        "en-",
        "-en",
        "english",
        "language-x",
        "д",
        "en US",
    ] {
        assert!(!is_language_tag(tag), "{tag}");
    }
}

proptest::proptest! {
    #[test]
    fn no_content_makes_the_parsers_panic(bytes: Vec<u8>, text in "[ab\\t\\n\\r#\u{FEFF}\u{301}\u{200b}\u{1b} ]{0,40}") {
        for name in ["a.txt", "a.tsv", "a"] {
            let _ = PromptList::parse(name, &bytes, &ReadOptions::default());
            let _ = PromptList::from_jsonl(name, &bytes);
            if let Ok(list) = parse(name, &text) {
                let back = PromptList::from_jsonl(name, list.to_jsonl().as_bytes()).unwrap();
                proptest::prop_assert_eq!(back.prompts, list.prompts);
            }
        }
    }
}
