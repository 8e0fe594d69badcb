//! Specs that between them have every shape a generated file can take.

use gatewright::gate::Gate;
use gatewright::spec::databricks::Compute;
use gatewright::spec::{
    Approval, Attestors, Azure, Ci, CiDatabricks, CiSettings, Deploy, Driver, Environment, Github,
    Install, Machine, Mlflow, Model, Monitor, OnFailure, Online, Patch, PatchChange, PatchStep,
    PromotionPolicy, Python, Rollout, Runner, Setting, Spec, Stage, Steps, Work,
};

/// A spec in its most common form: DESIGN.md, section 3.
pub(crate) fn minimal() -> Spec {
    let mlflow = Mlflow {
        tracking_uri: None,
        registry_uri: None,
        experiment: "taxi-fare".to_owned(),
    };
    Spec {
        path: "gatewright.yaml".to_owned(),
        digest: format!("sha256:{}", "0".repeat(64)),
        project: "taxi-fare".to_owned(),
        tool_version: "0.1".to_owned(),
        model: model(),
        mlflow,
        python: Python {
            version: "3.12".to_owned(),
            install: "uv sync".to_owned(),
            lint: Some("ruff check .".to_owned()),
            test: Some("pytest --junitxml=test-results.xml".to_owned()),
            test_report: "test-results.xml".to_owned(),
        },
        stages: vec![
            stage("train", "python -m taxi_fare.train"),
            stage("evaluate", "python -m taxi_fare.evaluate"),
        ],
        environments: vec![
            environment("dev", None),
            environment("staging", Some(Deploy::Branch("main".to_owned()))),
            Environment {
                approval: Some(Approval {
                    reviewers: vec!["ml-leads".to_owned()],
                    self_review: false,
                    tag: None,
                }),
                ..environment("prod", Some(Deploy::Tag("v*".to_owned())))
            },
        ],
        gates: vec![gate("promote")],
        quality_monitors: Vec::new(),
        promotion: PromotionPolicy {
            max_decision_age_minutes: 24 * 60,
            attest: false,
            require_attestation: false,
            attestation: Attestors::default(),
        },
        monitors: Vec::new(),
        online: None,
        ci: ci(),
    }
}

/// Both providers, with nothing said about either.
fn ci() -> Ci {
    Ci {
        templates: None,
        detach: Vec::new(),
        hooks: Vec::new(),
        paths: Vec::new(),
        patches: Vec::new(),
        github: Some(Github {
            runner: Runner::Label("ubuntu-24.04".to_owned()),
            pins: std::collections::BTreeMap::new(),
            settings: CiSettings::default(),
            permissions: Vec::new(),
            caches: false,
            cancel_outdated: true,
            enterprise_server: false,
        }),
        azure: Some(Azure {
            machine: Machine::Hosted("ubuntu-24.04".to_owned()),
            settings: CiSettings::default(),
            service_connection: None,
            service_connections: indexmap::IndexMap::new(),
        }),
        databricks: CiDatabricks {
            plan: true,
            preview: false,
        },
        install: Install::Pypi,
    }
}

/// Everything that a spec can say, in a folder of its own.
pub(crate) fn full() -> Spec {
    let mut spec = minimal();
    spec.path = "services/fare/gatewright.yaml".to_owned();
    spec.python.lint = Some("ruff check .\nruff format --check .\n".to_owned());
    spec.stages = vec![
        stage(
            "features",
            "python -m taxi_fare.features --since \"$(date -d yesterday +%F)\"",
        ),
        Stage {
            needs: vec!["features".to_owned()],
            env: [("TAXI_MAX_ITER", "400"), ("REGION", "local")]
                .map(|(name, text)| (name.to_owned(), text.to_owned()))
                .into_iter()
                .collect(),
            timeout_minutes: 120,
            ..stage(
                "train",
                "python -m taxi_fare.train \\\n  --iterations \"$TAXI_MAX_ITER\"\n\necho trained\n",
            )
        },
        stage("evaluate", "python -m taxi_fare.evaluate"),
    ];
    spec.gates = vec![gate("promote"), gate("data-quality")];
    let mlflow = Mlflow {
        tracking_uri: Some(Setting::parse("https://${MLFLOW_HOST}/mlflow").unwrap()),
        registry_uri: Some(Setting::parse("${MLFLOW_REGISTRY}").unwrap()),
        experiment: "/Shared/taxi fare".to_owned(),
    };
    for environment in &mut spec.environments {
        environment.mlflow = mlflow.clone();
        environment.gates = vec!["promote".to_owned(), "data-quality".to_owned()];
        environment.secrets = vec!["MLFLOW_TRACKING_TOKEN".to_owned()];
        environment.variables = [("REGION".to_owned(), "eu".to_owned())]
            .into_iter()
            .collect();
    }
    spec.ci.paths = vec!["libs/features/**".to_owned(), "uv.lock".to_owned()];
    spec.environments[1].azure = true;
    spec.environments[2].azure = true;
    spec.environments[2].verify = Some("python -m taxi_fare.smoke".to_owned());
    spec.environments[1]
        .secrets
        .push("MLFLOW_REGISTRY".to_owned());
    let pin = "0123456789abcdef0123456789abcdef01234567 # v9.9.9".to_owned();
    let settings = settings();
    if let Some(github) = &mut spec.ci.github {
        github.pins = [("actions/checkout".to_owned(), pin)].into();
        github.settings = settings.clone();
        let asked = ["deliver", "prod", "packages", "read"].map(str::to_owned);
        let [pipeline, job, scope, access] = asked;
        github.permissions = vec![(pipeline, job, scope, access)];
    }
    if let Some(azure) = &mut spec.ci.azure {
        azure.settings = settings;
        azure.service_connection = Some("taxi-fare azure".to_owned());
        let own = ("prod".to_owned(), "taxi-fare-prod".to_owned());
        azure.service_connections = [own].into_iter().collect();
    }
    spec.monitors = vec![Monitor {
        name: "drift".to_owned(),
        schedule: "0 6 * * *".to_owned(),
        environment: "prod".to_owned(),
    }];
    spec.ci.patches = vec![patch("test", "Check types")];
    spec
}

/// A step of the user's own at the end of a job of `ci`.
fn patch(job: &str, name: &str) -> Patch {
    let step = PatchStep {
        name: name.to_owned(),
        run: "mypy .".to_owned(),
        timeout_minutes: Some(10),
        env: [("MYPY_COLOR".to_owned(), "never".to_owned())]
            .into_iter()
            .collect(),
    };
    Patch {
        pipeline: Some("ci".to_owned()),
        job: job.to_owned(),
        step: None,
        change: PatchChange::InsertAfter(step),
    }
}

/// What both CI systems can be told.
fn settings() -> CiSettings {
    CiSettings {
        env: [(
            "UV_INDEX_URL".to_owned(),
            "https://pypi.example.com".to_owned(),
        )]
        .into(),
        schedules: [("ci".to_owned(), vec!["0 3 * * 1".to_owned()])].into(),
        container: Some(format!("ghcr.io/example/ml@sha256:{}", "0".repeat(64))),
        timeouts: vec![("ci".to_owned(), "train".to_owned(), 30)],
    }
}

/// A spec below the root with another name, whose environments are deployed one after the other.
pub(crate) fn subfolder() -> Spec {
    let mut spec = minimal();
    spec.path = "models/tips/release.yaml".to_owned();
    spec.project = "tips".to_owned();
    spec.environments = vec![
        environment("dev", Some(Deploy::Branch("develop".to_owned()))),
        Environment {
            approval: Some(Approval {
                reviewers: vec!["ann".to_owned(), "ml-leads".to_owned()],
                self_review: true,
                tag: None,
            }),
            ..environment("staging_eu", Some(Deploy::Branch("main".to_owned())))
        },
        environment("prod-eu", Some(Deploy::Branch("main".to_owned()))),
        environment("hotfix", Some(Deploy::Tag("hotfix".to_owned()))),
    ];
    spec
}

/// No approval, no lint, no test, no gate in CI; gatewright is on the runner.
pub(crate) fn bare() -> Spec {
    let mut spec = minimal();
    spec.project = "bare".to_owned();
    spec.python.lint = None;
    spec.python.test = None;
    spec.gates = Vec::new();
    spec.environments = vec![environment(
        "prod",
        Some(Deploy::Tag("release-*".to_owned())),
    )];
    spec.environments[0].gates = Vec::new();
    spec.ci.install = Install::Path("/opt/gatewright/bin".to_owned());
    spec
}

/// Many stages with long commands, gatewright compiled on the runner, GitHub's own tag patterns.
pub(crate) fn many() -> Spec {
    let mut spec = minimal();
    spec.project = "many".to_owned();
    let long = "python -m taxi_fare.score --input 's3://bucket/a path/{date}.parquet' --output \"out\" --flag # all of it";
    spec.stages = (1..=12)
        .map(|number| stage(&format!("stage-{number}"), long))
        .collect();
    spec.environments = vec![Environment {
        approval: Some(Approval {
            reviewers: vec!["ml-leads".to_owned(); 30],
            self_review: false,
            tag: None,
        }),
        ..environment("prod", Some(Deploy::Tag("v[0-9]+.*".to_owned())))
    }];
    spec.ci.azure = None;
    spec.ci.install = Install::Cargo;
    spec
}

/// Someone looks after the model, what went live is looked at, and decisions are signed.
pub(crate) fn watched() -> Spec {
    let mut spec = minimal();
    spec.project = "watched".to_owned();
    spec.promotion.attest = true;
    spec.online = Some(Online {
        endpoint: "taxi-fare".to_owned(),
        driver: Driver::Databricks {
            entity: None,
            size: None,
            scale_to_zero: None,
        },
        rollout: Rollout {
            steps: Steps::default(),
            bake_ms: 90_000,
            poll_ms: 30_000,
            gate: Some("promote".to_owned()),
            min_requests: None,
            on_failure: OnFailure::Rollback,
        },
    });
    for environment in &mut spec.environments {
        environment.verify = Some("python -m taxi_fare.smoke \"$(date +%F)\"".to_owned());
        environment.deploy = environment
            .deploy
            .as_ref()
            .map(|_| Deploy::Branch("main".to_owned()));
    }
    spec.gates[0].waivers = Some("gates/waivers.yaml".to_owned());
    let monitor = |name: &str, schedule: &str, environment: &str| Monitor {
        name: name.to_owned(),
        schedule: schedule.to_owned(),
        environment: environment.to_owned(),
    };
    spec.monitors = vec![
        monitor("drift", "0 6 * * *", "prod"),
        monitor("volume", "0 6 * * *", "prod"),
        monitor("quality-dev", "*/30 8-18 * * MON-FRI", "dev"),
    ];
    spec
}

/// Every spec above.
pub(crate) fn all() -> Vec<(&'static str, Spec)> {
    vec![
        ("minimal", minimal()),
        ("full", full()),
        ("subfolder", subfolder()),
        ("bare", bare()),
        ("many", many()),
        ("watched", watched()),
    ]
}

pub(crate) fn stage(name: &str, run: &str) -> Stage {
    Stage {
        name: name.to_owned(),
        work: Work::Command(run.to_owned()),
        needs: Vec::new(),
        env: indexmap::IndexMap::new(),
        timeout_minutes: 60,
        retries: 0,
        parameters: indexmap::IndexMap::new(),
        compute: None,
        schedule: None,
    }
}

fn model() -> Model {
    Model {
        name: "taxi-fare".to_owned(),
        candidate_alias: "challenger".to_owned(),
        live_alias: "champion".to_owned(),
    }
}

pub(crate) fn environment(name: &str, deploy: Option<Deploy>) -> Environment {
    Environment {
        name: name.to_owned(),
        deploy,
        approval: None,
        mlflow: Mlflow {
            tracking_uri: None,
            registry_uri: None,
            experiment: "taxi-fare".to_owned(),
        },
        model: model(),
        copy_from: None,
        variables: indexmap::IndexMap::new(),
        secrets: Vec::new(),
        gates: vec!["promote".to_owned()],
        verify: None,
        endpoint: None,
        compute: Compute::Runner,
        databricks: None,
        auth: None,
        azure: false,
    }
}

pub(crate) fn gate(name: &str) -> Gate {
    Gate::new(name, Vec::new())
}
