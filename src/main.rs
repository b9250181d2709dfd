//! The `voicebooth` program: everything is in the library.

fn main() -> std::process::ExitCode {
    voicebooth::cli::main()
}
