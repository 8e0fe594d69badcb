//! A thousand projects of one repository generated and checked, against a template tool that
//! renders as many files, and against a half and a quarter of itself.

use std::path::Path;
use std::process::Command;

const PROJECTS: usize = 1000;
/// The peer takes long.
const ROUNDS: usize = 3;

pub(crate) fn measure(repository: &Path, tools: &Path, folder: &Path) {
    for projects in [PROJECTS / 4, PROJECTS / 2, PROJECTS] {
        let folder = repository_of(repository, &folder.join("projects"), projects);
        let again = "rm -rf .github .azure && exec \"$0\" generate --all --quiet";
        let mut generate = Command::new("sh");
        generate.args(["-c", again, env!("CARGO_BIN_EXE_gatewright")]);
        generate.current_dir(&folder);
        let mut check = super::gatewright(&["generate", "--all", "--check", "--quiet"], &folder);
        if projects == PROJECTS {
            against_copier(repository, tools, &folder, [&mut generate, &mut check]);
        } else {
            for (what, command) in [("generate", &mut generate), ("check", &mut check)] {
                let times = (0..super::ROUNDS).map(|_| super::time(command).unwrap());
                let median = super::median(times.map(|time| time.as_secs_f64() * 1e3));
                println!(
                    "{:<56}{median:>9.1} ms",
                    format!("{what} --all, {projects} projects")
                );
            }
        }
    }
}

fn against_copier(
    repository: &Path,
    tools: &Path,
    folder: &Path,
    [generate, check]: [&mut Command; 2],
) {
    let peer = || {
        let mut peer = Command::new(tools.join("copier/bin/python"));
        peer.arg(repository.join("benches/render_projects_with_copier.py"));
        peer.arg(folder).arg(PROJECTS.to_string());
        peer
    };
    for (what, command) in [("generate", generate), ("check", check)] {
        super::compare_times(
            ROUNDS,
            &format!("{what} --all, {PROJECTS} projects, against copier"),
            command,
            &mut peer(),
        );
    }
}

/// A repository with so many projects, generated once.
fn repository_of(repository: &Path, folder: &Path, projects: usize) -> std::path::PathBuf {
    let folder = folder.join(projects.to_string());
    let spec = repository.join("project-templates/classic/gatewright.yaml");
    let spec = std::fs::read_to_string(spec).unwrap();
    for number in 0..projects {
        let project = folder.join(format!("projects/project-{number}"));
        std::fs::create_dir_all(&project).unwrap();
        let name = format!("project: project-{number}");
        let spec = spec.replace("project: taxi-fare", &name);
        std::fs::write(project.join("gatewright.yaml"), spec).unwrap();
    }
    // A repository of its own, so that its root is found here.
    let mut git = Command::new("git");
    let made = git.args(["init", "--quiet"]).arg(&folder);
    assert!(made.status().unwrap().success());
    let generated = super::gatewright(&["generate", "--all", "--quiet"], &folder).status();
    assert!(generated.unwrap().success());
    folder
}
