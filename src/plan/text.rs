//! What text from a spec must not hold, because a CI system would act on it.
//!
//! The one decision here: text means itself. What GitHub or Azure would expand is refused and not
//! escaped, because Azure has no escape for a macro, and because nobody reads an escape rightly.

use super::error::Problem;
use super::shell;
use crate::spec::setting::is_variable_name;

/// First words of the names of Azure's predefined variables, in
/// <https://learn.microsoft.com/azure/devops/pipelines/build/variables>.
const PREDEFINED: [&str; 11] = [
    "agent",
    "build",
    "checks",
    "common",
    "endpoint",
    "environment",
    "pipeline",
    "release",
    "resources",
    "strategy",
    "system",
];

/// What to look for in text that reaches a generated file.
pub(super) struct Rules {
    /// Whether Azure will read it.
    pub(super) azure: bool,
    /// Names of the variables that a pipeline defines.
    pub(super) variables: Vec<String>,
}

impl Rules {
    /// A shell command: whole lines, in which `$(date)` is the shell's business.
    pub(super) fn command(&self, text: &str) -> Option<Problem> {
        if text.contains("${{") {
            return Some(Problem::Expression);
        }
        let replaced = |name: &&str| self.azure && self.is_variable(name);
        macros(text).find(replaced).map(|name| Problem::AzureMacro {
            text: format!("$({name})"),
        })
    }

    /// A value: any macro in it is an accident.
    pub(super) fn value(&self, text: &str) -> Option<Problem> {
        if text.contains("${{") {
            return Some(Problem::Expression);
        }
        let expanded = |start: &&str| self.azure && text.contains(*start);
        ["$(", "$["]
            .iter()
            .find(|start| expanded(start))
            .map(|start| {
                let rest: String = text.chars().skip_while(|c| *c != '$').take(40).collect();
                Problem::AzureMacro {
                    text: if rest.is_empty() {
                        (*start).to_owned()
                    } else {
                        rest
                    },
                }
            })
    }

    /// A value of one line.
    pub(super) fn line(&self, text: &str) -> Option<Problem> {
        let broken = text
            .chars()
            .any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'));
        self.value(text)
            .or(broken.then_some(Problem::ControlCharacter))
    }

    fn is_variable(&self, name: &str) -> bool {
        let predefined = name.split_once('.').is_some_and(|(first, rest)| {
            PREDEFINED
                .iter()
                .any(|word| word.eq_ignore_ascii_case(first))
                && rest
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
        });
        predefined
            || self
                .variables
                .iter()
                .any(|known| known.eq_ignore_ascii_case(name))
    }
}

/// What stands between each `$(` and the next `)`: how Azure finds macros, nested or not.
fn macros(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("$(").filter_map(|(at, start)| {
        let rest = text.get(at + start.len()..)?;
        rest.split_once(')').map(|(name, _)| name)
    })
}

/// The name of a stage, gate or environment: part of ids, and a word in a shell line.
pub(super) fn name(text: &str) -> Option<Problem> {
    let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    let good = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(known)
        && text.len() <= 40;
    (!good).then(|| Problem::BadName {
        name: text.to_owned(),
    })
}

/// The project: part of file names, which may begin with a digit.
pub(super) fn project(text: &str) -> Option<Problem> {
    let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let good =
        !text.is_empty() && !text.starts_with('-') && text.chars().all(known) && text.len() <= 40;
    (!good).then(|| Problem::BadName {
        name: text.to_owned(),
    })
}

/// A path in the repository: part of a shell line, of inputs and of comments.
pub(super) fn path(text: &str) -> Option<Problem> {
    let known =
        |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '@' | '/' | ' ');
    let part = |part: &str| !part.is_empty() && part != ".." && part != "." && part.trim() == part;
    let good = text.chars().all(known) && !text.starts_with('-') && text.split('/').all(part);
    (!good).then(|| Problem::BadPath {
        path: text.to_owned(),
    })
}

/// A pattern of paths in the repository: `*` for anything but `/`, `**` for any folders. Git, GitHub
/// and Azure read no more than these alike.
pub(super) fn pattern(text: &str) -> Option<Problem> {
    let whole = |part: &str| !part.contains("**") || part == "**";
    let good = text.split('/').all(whole) && path(&text.replace('*', "x")).is_none();
    (!good).then(|| Problem::BadPattern {
        pattern: text.to_owned(),
    })
}

/// A container image by its digest, in the characters that references have.
pub(super) fn image(text: &str) -> Option<Problem> {
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | ':');
    let good = text.split_once("@sha256:").is_some_and(|(name, digest)| {
        name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.chars().all(known)
            && digest.len() == 64
            && digest.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
    });
    (!good).then(|| Problem::LooseImage {
        image: text.to_owned(),
    })
}

/// The name of an environment variable that neither a provider nor a generated file keeps for
/// itself. Whoever could set the version that was approved could have another one judged.
pub(super) fn variable(text: &str) -> Option<Problem> {
    let upper = text.to_ascii_uppercase();
    let kept = [
        "CI",
        "PATH",
        "TF_BUILD",
        shell::VERSION,
        shell::FOLDER,
        shell::CANDIDATE,
        shell::REASON,
        shell::ROLLBACK_TO,
        shell::COMMAND,
    ];
    let reserved = kept.contains(&upper.as_str())
        || ["GITHUB_", "RUNNER_"]
            .iter()
            .any(|prefix| upper.starts_with(prefix));
    let good = is_variable_name(text) && !reserved;
    (!good).then(|| Problem::BadVariable {
        name: text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn azure() -> Rules {
        Rules {
            azure: true,
            variables: vec!["MLFLOW_TRACKING_TOKEN".to_owned()],
        }
    }

    #[test]
    fn a_command_may_substitute_commands_but_not_macros() {
        for command in [
            "echo $(date)",
            "x=$((1 + 2))",
            "echo $(git rev-parse HEAD)",
            "$( build.sh )",
        ] {
            assert_eq!(azure().command(command), None, "{command}");
        }
        for command in [
            "echo $(Build.SourceBranch)",
            "echo $(system.accesstoken)",
            "echo $(mlflow_tracking_token)",
            "echo $(echo $(Agent.Name))",
        ] {
            assert!(
                matches!(azure().command(command), Some(Problem::AzureMacro { .. })),
                "{command}"
            );
        }
    }

    #[test]
    fn a_github_expression_is_refused_everywhere() {
        assert_eq!(
            azure().command("echo ${{ github.ref }}"),
            Some(Problem::Expression)
        );
        let github = Rules {
            azure: false,
            variables: Vec::new(),
        };
        assert_eq!(
            github.value("${{ secrets.ADMIN }}"),
            Some(Problem::Expression)
        );
        assert_eq!(github.value("$(HOME)"), None);
        assert!(azure().value("$(HOME)").is_some());
    }

    #[test]
    fn a_path_that_leaves_the_repository_or_a_shell_word_is_refused() {
        for good in [
            "gatewright.yaml",
            "services/fare/gatewright.yaml",
            "daten/größe 2/g.yaml",
        ] {
            assert_eq!(path(good), None, "{good}");
        }
        for bad in [
            "", "/etc/x", "../x", "a//b", "a/./b", "-x", "a'b", "a$b", "a\nb", "a;b", "a\\b",
        ] {
            assert!(path(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn a_pattern_is_a_path_with_stars_that_all_readers_read_alike() {
        for good in ["libs", "libs/**", "**/uv.lock", "libs/*/x-*.py", "a b/*"] {
            assert_eq!(pattern(good), None, "{good}");
        }
        for bad in [
            "",
            "/libs",
            "../libs",
            "libs/../x",
            "libs/",
            "a**",
            "**.py",
            "a?",
            "[ab]",
            "!a",
            "a{b,c}",
            "$(ls)",
            "a'b",
            "-x",
            ":(top)x",
            "a\nb",
            "~/x",
            "a;b",
            "${{ x }}",
        ] {
            assert!(pattern(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn names_that_providers_keep_for_themselves_are_refused() {
        assert_eq!(variable("MLFLOW_TRACKING_TOKEN"), None);
        for bad in [
            "GITHUB_TOKEN",
            "runner_temp",
            "PATH",
            "CANDIDATE_VERSION",
            "A-B",
            "1A",
            "",
        ] {
            assert!(variable(bad).is_some(), "{bad}");
        }
    }
}
