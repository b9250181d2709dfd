//! What a speaker reads before agreeing: the study's own words, or the program's where the study has none.

use std::fmt::Write;

use super::consent::{Consent, Scope};

/// The program's own text. Blank lines part paragraphs.
const OWN_TEXT: &str = "\
You are going to read texts aloud, and your voice will be recorded.

All recordings are kept, also those that you read again or that did not come out well, with how they were made and your \
answers to the questions that follow. They are filed under a speaker id, not under your name.

The people who carry out this study can hear them. Whether others may, you are asked on the next pages.

You can stop at any time. You can also withdraw later, without giving a reason: tell the person in charge your speaker \
id, and your recordings are deleted. What has been published by then cannot be called back.";

impl Consent {
    /// What is read.
    pub fn words(&self) -> &str {
        self.text.as_deref().unwrap_or(OWN_TEXT)
    }

    /// All that is read, as it is kept in the corpus: the text, then what can be agreed to, each in a paragraph that begins
    /// with its word in records. Its SHA-256 names what somebody agreed to, down to the letter.
    pub fn document(&self) -> String {
        let mut document = self.words().trim().replace("\r\n", "\n");
        document.push('\n');
        for scope in &self.scopes {
            let required = if scope.required { ", required" } else { "" };
            // Writing to a String cannot fail.
            let _ = write!(document, "\n[{}{required}] {}\n", scope.id, scope.words());
        }
        document
    }
}

impl Scope {
    /// The sentence to agree to.
    pub fn words(&self) -> &str {
        let own = match self.id.as_str() {
            "study" => "My recordings may be used for this study.",
            "sharing" => "My recordings may be given to other researchers.",
            "publication" => "My recordings may be published, so that anybody can hear them.",
            "voice_synthesis" => {
                "My recordings may be used to make computer voices that can sound like me."
            }
            id => id,
        };
        self.text.as_deref().unwrap_or(own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::{Giver, Means};

    fn consent(text: Option<&str>) -> Consent {
        Consent {
            version: "1".into(),
            text: text.map(str::to_owned),
            scopes: vec![
                Scope {
                    id: "study".into(),
                    text: None,
                    required: true,
                },
                Scope {
                    id: "museum".into(),
                    text: Some("In the museum.".into()),
                    required: false,
                },
            ],
            givers: vec![Giver::Oneself],
            means: vec![Means::Screen],
        }
    }

    #[test]
    fn what_is_kept_is_all_that_was_read() {
        assert_eq!(
            consent(Some("We record you.\r\n")).document(),
            "We record you.\n\n[study, required] My recordings may be used for this study.\n\n[museum] In the museum.\n"
        );
    }

    #[test]
    fn the_programs_own_text_says_that_rejected_takes_are_kept_and_how_to_withdraw() {
        let text = consent(None).document();
        assert!(text.contains("also those that you read again or that did not come out well"));
        assert!(text.contains("tell the person in charge your speaker id"));
    }
}
