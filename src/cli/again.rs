//! The command that goes on with a session, as a person would type it.

use std::env;
use std::ffi::OsStr;
use std::path::{MAIN_SEPARATOR, Path};

/// Set by a script that starts this program in its own name: how the script itself was called. Everything behind
/// `record` is its arguments.
const LAUNCHER: &str = "VOICEBOOTH_LAUNCHER";

/// The command of this run, to be typed again in the same folder.
pub(super) fn command_again() -> String {
    let args: Vec<String> = env::args_os()
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect();
    let Some((program, args)) = args.split_first() else {
        return String::new();
    };
    let launcher = env::var(LAUNCHER).ok().filter(|name| !name.is_empty());
    let program = match (launcher, name_on_path(env::var_os("PATH").as_deref())) {
        (Some(script), _) => Program::Script(script),
        (None, Some(name)) => Program::Name(name),
        (None, None) => Program::Path(program.clone()),
    };
    let here = env::current_dir().unwrap_or_default();
    command(&program, args, &here)
}

/// How this program was, or can be, called.
enum Program {
    /// By a script, which says `record` itself.
    Script(String),
    /// By its name, which the shell finds.
    Name(String),
    /// By this path.
    Path(String),
}

/// This program's file name, where the shell finds this very file by it.
fn name_on_path(path: Option<&OsStr>) -> Option<String> {
    let this = env::current_exe().ok()?.canonicalize().ok()?;
    let name = this.file_name()?;
    let first = env::split_paths(path?)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())?;
    let same = first.canonicalize().is_ok_and(|found| found == this);
    same.then(|| name.to_string_lossy().into_owned())
}

fn command(program: &Program, args: &[String], here: &Path) -> String {
    let (program, args) = match program {
        Program::Script(script) => (callable(below(script, here)), args.get(1..).unwrap_or(&[])),
        Program::Name(name) => (name.clone(), args),
        Program::Path(path) => (callable(below(path, here)), args),
    };
    // A new pass is begun once; going on is what the same command does without it.
    let args = args.iter().filter(|arg| *arg != "--restart");
    let words = args.map(|arg| match arg.split_once('=') {
        Some((flag, path)) if flag.starts_with("--") => format!("{flag}={}", below(path, here)),
        _ => below(arg, here).to_owned(),
    });
    let words: Vec<String> = [program].into_iter().chain(words).map(quoted).collect();
    words.join(" ")
}

/// A path as it is called from `here`, where it leads to something below.
fn below<'a>(path: &'a str, here: &Path) -> &'a str {
    let Some(here) = here.to_str().filter(|here| here.len() > 1) else {
        return path;
    };
    path.strip_prefix(here)
        .and_then(|rest| rest.strip_prefix(MAIN_SEPARATOR))
        .filter(|rest| !rest.is_empty() && !rest.starts_with('-'))
        .unwrap_or(path)
}

/// A path by which a shell runs a file, and not a name that it looks up.
fn callable(path: &str) -> String {
    if path.contains(MAIN_SEPARATOR) {
        path.to_owned()
    } else {
        format!(".{MAIN_SEPARATOR}{path}")
    }
}

pub(super) fn quoted(word: String) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(program: &Program, args: &[&str]) -> String {
        let args: Vec<String> = args.iter().map(|&arg| arg.into()).collect();
        command(program, &args, Path::new("/home/ada/booth"))
    }

    #[test]
    fn the_command_is_called_by_the_name_that_the_shell_finds() {
        let program = Program::Name("voicebooth".into());
        assert_eq!(
            told(&program, &["record", "my list.txt", "--restart"]),
            "voicebooth record 'my list.txt'"
        );
    }

    #[test]
    fn a_program_off_the_path_is_called_from_the_current_folder() {
        let program = |path: &str| Program::Path(path.into());
        let args = ["record", "a.txt"];
        let built = program("/home/ada/booth/target/release/voicebooth");
        assert_eq!(
            told(&built, &args),
            "target/release/voicebooth record a.txt"
        );
        let here = program("/home/ada/booth/voicebooth");
        assert_eq!(told(&here, &args), "./voicebooth record a.txt");
        let elsewhere = program("/opt/voicebooth");
        assert_eq!(told(&elsewhere, &args), "/opt/voicebooth record a.txt");
    }

    #[test]
    fn a_script_is_called_as_it_was_and_says_record_itself() {
        let script = Program::Script("scripts/record".into());
        let study = "/home/ada/booth/prompts/digits-en.toml";
        assert_eq!(
            told(&script, &["record", "--study", study, "--bits", "24"]),
            "scripts/record --study prompts/digits-en.toml --bits 24"
        );
        let joined = format!("--study={study}");
        assert_eq!(
            told(&script, &["record", &joined]),
            "scripts/record --study=prompts/digits-en.toml"
        );
    }

    #[test]
    fn a_name_that_leads_to_another_file_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(name_on_path(Some(folder.path().as_os_str())), None);
        let this = env::current_exe().unwrap();
        let name = this.file_name().unwrap();
        std::fs::write(folder.path().join(name), "another").unwrap();
        let both = [folder.path(), this.parent().unwrap()];
        let path = env::join_paths(both).unwrap();
        assert_eq!(name_on_path(Some(&path)), None);
        let path = env::join_paths(&both[1..]).unwrap();
        assert_eq!(
            name_on_path(Some(&path)),
            Some(name.to_string_lossy().into_owned())
        );
    }
}
