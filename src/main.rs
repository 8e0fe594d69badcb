//! The `gatewright` command: hands the world to [`gatewright::run`] and ends as it says.

use std::process::ExitCode;

fn main() -> ExitCode {
    gatewright::run_on_this_machine().into()
}
