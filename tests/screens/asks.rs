//! Views of what a study asks and tells.

use voicebooth::session::view::{
    AnswerBy, AnswerView, AskPage, AskView, AskedWords, Dialog, QuestionView, Refused, Summary,
    View,
};
use voicebooth::study::{Consent, Giver, Means};

fn ask(place: (usize, usize), page: AskPage) -> AskView {
    AskView {
        speaker: "s7k3q".into(),
        place: Some(place),
        page,
        refused: None,
        back: place.0 > 1,
    }
}

fn question(words: AskedWords, help: Option<&str>, required: bool, answer: AnswerBy) -> AskPage {
    AskPage::Question(QuestionView {
        words,
        help: help.map(str::to_owned),
        required,
        answer,
    })
}

fn words(words: &str) -> AskedWords {
    AskedWords::Words(words.into())
}

fn said(words: &str) -> AnswerView {
    AnswerView::Words(words.into())
}

fn choice(choices: &[AnswerView], marked: Option<usize>) -> AnswerBy {
    AnswerBy::Choice {
        choices: choices.to_vec(),
        marked,
    }
}

fn line(begin_with: &str, most: u32) -> AnswerBy {
    AnswerBy::Line {
        begin_with: begin_with.into(),
        most,
        field: 5,
    }
}

/// The program's own text.
pub fn own_text() -> String {
    let consent = Consent {
        version: "1".into(),
        text: None,
        scopes: Vec::new(),
        givers: vec![Giver::Oneself],
        means: vec![Means::Screen],
    };
    consent.words().to_owned()
}

/// To choose from four languages and something else.
pub fn languages(marked: Option<usize>) -> AskView {
    let languages = ["German", "French", "Italian", "Romansh"].map(said);
    let choices = [&languages[..], &[AnswerView::Other]].concat();
    let asked = words("Which language did you speak first, as a child?");
    let help = "If there were several, the one that you speak most today.";
    let page = question(asked, Some(help), false, choice(&choices, marked));
    ask((7, 9), page)
}

/// A year, as it was refused.
pub fn year(refused: bool) -> AskView {
    let page = question(
        words("In which year were you born?"),
        None,
        true,
        line("", 20),
    );
    let limits = Refused::Number {
        min: Some(1900),
        max: Some(2020),
    };
    AskView {
        refused: refused.then_some(limits),
        ..ask((6, 9), page)
    }
}

/// Something that must be agreed to.
pub fn scope() -> AskView {
    let sentence = AskedWords::Scope("My recordings may be used for this study.".into());
    let yes_no = choice(&[AnswerView::Yes, AnswerView::No], None);
    ask((2, 9), question(sentence, None, true, yes_no))
}

/// All answers.
pub fn confirm(marked: Option<usize>) -> AskView {
    let rows = vec![
        (
            AskedWords::Scope("My recordings may be used for this study.".into()),
            Some(AnswerView::Yes),
        ),
        (AskedWords::Giver, Some(AnswerView::Giver(Giver::Guardian))),
        (words("In which year were you born?"), Some(said("1980"))),
        (
            words("Which language did you speak first, as a child?"),
            Some(said("Romansh")),
        ),
        (words("Which dialect do you speak?"), None),
        (words("Do you have a cold today?"), Some(AnswerView::No)),
    ];
    AskView {
        place: None,
        back: true,
        ..ask((9, 9), AskPage::Confirm { rows, marked })
    }
}

fn pages() -> Vec<(&'static str, AskView)> {
    let means = [Means::Screen, Means::Paper, Means::Spoken].map(AnswerView::Means);
    let dialect = words("Which dialect do you speak?");
    let hebrew = AskPage::Read(
        "הקול שלך יוקלט בזמן שתקרא בקול רם.\n\nכל ההקלטות נשמרות, גם אלה שקראת שוב. אפשר להפסיק בכל רגע, ואפשר גם לבקש למחוק אותן אחר כך."
            .into(),
    );
    let japanese = "これから文章を声に出して読んでいただき、その声を録音します。録音は研究のためだけに使われます。";
    let agreed = question(
        AskedWords::Scope(japanese.into()),
        None,
        false,
        choice(&[AnswerView::Yes, AnswerView::No], None),
    );
    vec![
        ("ask_consent", ask((1, 9), AskPage::Read(own_text()))),
        ("ask_scope", scope()),
        (
            "ask_leave",
            AskView {
                place: None,
                ..ask((2, 9), AskPage::Leave)
            },
        ),
        (
            "ask_means",
            ask(
                (5, 9),
                question(AskedWords::Means, None, true, choice(&means, Some(1))),
            ),
        ),
        ("ask_choice", languages(None)),
        ("ask_choice_marked", languages(Some(3))),
        ("ask_number_refused", year(true)),
        (
            "ask_text",
            ask((8, 9), question(dialect, None, false, line("Walser", 4000))),
        ),
        ("ask_confirm", confirm(None)),
        ("ask_confirm_marked", confirm(Some(3))),
        ("ask_foreign_hebrew", ask((1, 3), hebrew)),
        ("ask_foreign_japanese", ask((2, 3), agreed)),
    ]
}

/// Every page that asks or tells something, by name.
pub fn all(session: impl Fn(Dialog) -> View, summary: Summary) -> Vec<(&'static str, View)> {
    let instructions = "Thank you for taking part.\n\nYou will see one line after another. Read each of them aloud,\nat your own pace, as you would say it to a friend. If you stumble, press R and read it again: nobody minds.\n\nIt takes about ten minutes.";
    let closing = Some("Please tell the person in charge that you have finished.".into());
    let pages = pages().into_iter();
    let mut views: Vec<_> = pages
        .map(|(name, view)| (name, View::Ask(Box::new(view))))
        .collect();
    views.extend([
        (
            "told_start",
            session(Dialog::Instructions(instructions.into())),
        ),
        (
            "told_section",
            session(Dialog::Instructions(
                "Now read as if you told a child a story.".into(),
            )),
        ),
        ("told_rest", session(Dialog::Rest(None))),
        ("told_end", View::Summary(Summary { closing, ..summary })),
    ]);
    views
}
