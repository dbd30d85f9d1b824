//! Course content, and in development three demo accounts.

use std::path::{Path, PathBuf};

use anyhow::Context;
use auth_server::SeedAccount;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use oauth::Role;
use service::{Common, Env, Mode, database};

/// Options of `seed`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Where the course is, one folder a course.
    #[arg(long, env = "CONTENT_DIR", default_value = "content")]
    content: PathBuf,
    /// Also make demo accounts, their password kept in this file. Development only.
    #[arg(long)]
    demo_password_file: Option<PathBuf>,
}

/// Writes content, then accounts.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut env = Env::from_process();
    let common = Common::read(&mut env);
    let common = env.finish(common)?;
    database::check_schema(&common.database_direct_url).await?;
    let pool = database::connect(&common.database_url, "intellistack_api", 2).await?;
    let report = api_server::seed(&pool, &arguments.content).await?;
    println!(
        "content: {} courses, {} lessons with a new version, {} unchanged",
        report.courses, report.new_versions, report.unchanged
    );
    for lesson in &report.kept_edits {
        println!("content: {lesson} was edited on the site and stays as it is, although its file changed");
    }
    match arguments.demo_password_file {
        None => Ok(()),
        Some(_) if common.mode == Mode::Production => {
            anyhow::bail!("demo accounts cannot exist in production (INTELLISTACK_ENV)")
        }
        Some(file) => {
            demo_accounts(&common, &file).await?;
            Ok(api_server::staff_of_every_course(&pool, "instructor@example.com").await?)
        }
    }
}

async fn demo_accounts(common: &Common, password_file: &Path) -> anyhow::Result<()> {
    let password = demo_password(password_file)?;
    let pool = database::connect(&common.database_url, "intellistack_auth", 2).await?;
    for (name, role) in
        [("Sam Student", Role::Student), ("Iris Instructor", Role::Instructor), ("Ada Admin", Role::Admin)]
    {
        let account = SeedAccount {
            name: name.to_owned(),
            email: format!("{role}@example.com"),
            password: password.clone(),
            role,
            verified: true,
        };
        auth_server::ensure_account(&pool, &account).await?;
    }
    println!("demo accounts: student@, instructor@ and admin@example.com");
    Ok(())
}

/// The kept password, or a new one that satisfies the password rules.
fn demo_password(file: &Path) -> anyhow::Result<String> {
    if let Ok(kept) = std::fs::read_to_string(file)
        && !kept.trim().is_empty()
    {
        return Ok(kept.trim().to_owned());
    }
    let mut random = [0_u8; 12];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| anyhow::anyhow!("the system gives no random numbers"))?;
    let password = format!("Demo-1{}", URL_SAFE_NO_PAD.encode(random));
    write_private(file, &password).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(password)
}

fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let mut options = std::fs::OpenOptions::new();
    let mut handle = options.write(true).create(true).truncate(true).mode(0o600).open(file)?;
    writeln!(handle, "{text}")
}
