//! The manual pages, made from the declarations in `cli` and from `facts`: what the files of `man/` hold.
//!
//! `clap_mangen` writes the options; the other sections are ours, and so is what keeps `mandoc -T lint` silent: lines of at
//! most 80 bytes without blanks at their end. The language is man(7).

mod config;
pub(crate) mod facts;
pub(crate) mod reference;

use std::collections::BTreeMap;

use clap::{Arg, Command};
use sso_oidc::internal::Cli;
use sso_oidc::internal::Operation;

use facts::{Fact, OPERATIONS, SESSIONS, is_about};

/// The day of these pages' last change that was more than a word.
const DATE: &str = "2026-11-23";

/// The longest title that goes into the first line of a screen of 80 columns twice.
const LONGEST_HEADING: usize = 27;

/// The longest line that a page's source may have.
const LONGEST_LINE: usize = 78;

/// Every page by the name of its file: that of the program, and one for each command.
pub(crate) fn pages() -> BTreeMap<String, String> {
    let mut program = Cli::command();
    program.build();
    let mut pages = BTreeMap::from([("sso-oidc.1".to_owned(), page(&program, None))]);
    for command in program.get_subcommands() {
        let name = command.get_name();
        pages.insert(format!("sso-oidc-{name}.1"), page(command, Some(name)));
    }
    let mut reference = prose("sso-oidc-reference", "7", "token cache, CI and differences from the AWS CLI");
    reference.sections(&reference::SECTIONS);
    pages.insert("sso-oidc-reference.7".to_owned(), reference.ends("sso-oidc(1), sso-oidc-config(5)"));
    let mut config = prose("sso-oidc-config", "5", "the configuration of sso-oidc and the AWS CLI");
    config.sections(&config::SECTIONS);
    config.facts("ENVIRONMENT", &facts::VARIABLES, None);
    pages.insert("sso-oidc-config.5".to_owned(), config.ends("sso-oidc(1), sso-oidc-reference(7)"));
    pages
}

/// The start of a page that is not about a command.
fn prose(title: &str, section: &str, about: &str) -> Page {
    let mut page = Page::default();
    let version = env!("CARGO_PKG_VERSION");
    page.line(&format!(".TH {} {section} {DATE} \"sso-oidc {version}\" \"User Commands\"", title.to_uppercase()));
    page.line(".nh");
    page.line(".ad l");
    page.section("NAME");
    page.text(&format!("{title} \0 {about}"));
    page
}

/// The page of the program, or of one of its commands.
fn page(of: &Command, command: Option<&str>) -> String {
    let title = command.map_or_else(|| of.get_name().to_owned(), |name| format!("sso-oidc-{name}"));
    let about = of.get_about().map(ToString::to_string).unwrap_or_default();
    let long = of.get_after_help().map(ToString::to_string).unwrap_or_default();
    let at = long.find("Example").unwrap_or(long.len());
    let (description, examples) = long.split_at(at);
    let mut page = Page::default();
    let version = env!("CARGO_PKG_VERSION");
    page.line(&format!(".TH {} 1 {DATE} \"sso-oidc {version}\" \"User Commands\"", heading(&title)));
    // Names stay in one piece, and gaps between words alike.
    page.line(".nh");
    page.line(".ad l");
    page.section("NAME");
    page.text(&format!("{title} \0 {}", lower(&about)));
    page.section("SYNOPSIS");
    synopsis(of, command, &mut page);
    page.section("DESCRIPTION");
    page.text(&format!("{about}."));
    for paragraph in description.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        page.line(".PP");
        page.text(paragraph);
    }
    if command.is_none() {
        page.section("COMMANDS");
        for command in of.get_subcommands() {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            page.entry(&[command.get_name()], &format!("{about}. See sso-oidc-{}(1).", command.get_name()));
        }
    }
    page.raw(&options(of, command));
    for (heading, facts) in
        [("ENVIRONMENT", &facts::VARIABLES[..]), ("FILES", &facts::FILES), ("EXIT STATUS", &facts::CODES)]
    {
        page.facts(heading, facts, command);
    }
    page.section("EXAMPLES");
    let heading = ["Examples:\n", "Example:\n"].iter().find_map(|heading| examples.strip_prefix(heading));
    page.block(heading.unwrap_or(examples));
    page.section("SEE ALSO");
    page.text(&see_also(of, command));
    page.0
}

/// The title as it stands at both ends of a page's first line, with room for what is between them.
fn heading(title: &str) -> String {
    let title = title.to_uppercase();
    match title.strip_prefix("SSO-OIDC-") {
        Some(short) if title.len() > LONGEST_HEADING => short.to_owned(),
        _ => title,
    }
}

fn lower(about: &str) -> String {
    let mut letters = about.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// How the command is called: its own options, those that are required without brackets.
fn synopsis(of: &Command, command: Option<&str>, page: &mut Page) {
    let Some(name) = command else {
        page.line("\\fBsso\\-oidc\\fR [\\fIglobal options\\fR] \\fIcommand\\fR [\\fIparameters\\fR]");
        return;
    };
    page.line(&format!("\\fBsso\\-oidc {}\\fR", escaped(name)));
    let required = |arg: &Arg| {
        let operation = Operation::ALL.into_iter().find(|operation| lower_kebab(operation.name()) == name);
        let members = operation.map(Operation::input).unwrap_or_default();
        let camel = arg.get_id().as_str().replace('_', "");
        members.iter().any(|member| member.required && member.name.eq_ignore_ascii_case(&camel))
    };
    for arg in of.get_arguments().filter(|arg| !arg.is_global_set() && !arg.is_hide_set()) {
        let value = arg.get_value_names().unwrap_or_default().iter().map(|name| escaped(name)).collect::<String>();
        let takes = arg.get_action().takes_values();
        let value = match arg.get_num_args() {
            _ if !takes => String::new(),
            Some(count) if count.max_values() > 1 && !arg.is_positional() => format!("\\fI{value}\\fR\\ ...\\&"),
            Some(count) if count.min_values() == 0 && !arg.is_positional() => format!("[\\fI{value}\\fR]"),
            _ => format!("\\fI{value}\\fR"),
        };
        let word = match arg.get_long() {
            Some("help") => continue,
            // In one piece, as are the words of which the value is named.
            Some(long) if takes => format!("\\fB\\-\\-{}\\fR\\ {value}", escaped(long)),
            Some(long) => format!("\\fB\\-\\-{}\\fR", escaped(long)),
            None if arg.is_last_set() => format!("\\-\\-\\ {value}"),
            None => value,
        };
        let is_required = required(arg) || arg.is_positional() && arg.is_required_set();
        page.line(&if is_required { word } else { format!("[{word}]") });
    }
    page.line("[\\fIglobal\\ options\\fR]");
}

/// `CreateTokenWithIAM` as the command is called.
fn lower_kebab(name: &str) -> String {
    let name = name.replace("IAM", "Iam");
    let words = name.char_indices().map(|(at, letter)| match letter {
        'A'..='Z' if at > 0 => format!("-{}", letter.to_ascii_lowercase()),
        _ => letter.to_ascii_lowercase().to_string(),
    });
    words.collect()
}

/// The options with what holds where they are not given, as `clap_mangen` writes them.
fn options(of: &Command, command: Option<&str>) -> String {
    let told = of.clone().mut_args(|arg| {
        let choices: Vec<String> = arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
        let mut help = arg.get_help().map(|help| format!("{help}.")).unwrap_or_default();
        if arg.get_id() == "help" {
            // Without clap's words about what `--help` says beyond `-h`.
            "Print help.".clone_into(&mut help);
        }
        if !choices.is_empty() && arg.get_action().takes_values() {
            help = format!("{help} One of {}.", choices.join(", "));
        }
        let holds = |fact: &&Fact| is_about(fact, command) && fact.0.contains(&arg.get_id().as_str());
        let found: Vec<&Fact> = facts::DEFAULTS.iter().filter(holds).collect();
        // Where commands differ, the program's own page cannot say.
        if let [(_, default, _)] = found[..] {
            help = format!("{help} {default}");
        }
        arg.help(help).long_help(None).hide_possible_values(true)
    });
    let mut roff = Vec::new();
    clap_mangen::Man::new(told).render_options_section(&mut roff).unwrap();
    String::from_utf8(roff).unwrap()
}

/// The pages of the program, and of the commands of the same kind.
fn see_also(of: &Command, command: Option<&str>) -> String {
    let kin = [SESSIONS, OPERATIONS].into_iter().find(|kin| command.is_some_and(|command| kin.contains(&command)));
    let mut pages: Vec<String> = match (command, kin) {
        (None, _) => of.get_subcommands().map(|one| one.get_name().to_owned()).collect(),
        (Some(command), kin) => {
            kin.unwrap_or_default().iter().filter(|one| **one != command).map(|one| (*one).to_owned()).collect()
        }
    };
    pages.sort();
    let mut pages: Vec<String> = pages.iter().map(|name| format!("sso-oidc-{name}(1)")).collect();
    if command.is_some() {
        pages.insert(0, "sso-oidc(1)".to_owned());
    }
    pages.join(", ")
}

/// A page's source, line by line.
#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, line: &str) {
        self.0.extend([line, "\n"]);
    }

    fn section(&mut self, heading: &str) {
        self.line(&format!(".SH {heading}"));
    }

    fn sections(&mut self, sections: &[(&str, &str)]) {
        for (heading, text) in sections {
            self.section(heading);
            let workflow = format!("  {}\n", reference::WORKFLOW.trim_end().replace('\n', "\n  "));
            self.block(&text.replace("WORKFLOW", &workflow));
        }
    }

    /// The whole page, with the pages to see.
    fn ends(mut self, see_also: &str) -> String {
        self.section("SEE ALSO");
        self.text(see_also);
        self.0
    }

    /// Running text, cut into lines; names in backticks are bold, and `\0` is the dash of the first section.
    fn text(&mut self, text: &str) {
        self.wrapped(&bold(&escaped(text)).replace('\0', "\\-"));
    }

    fn wrapped(&mut self, text: &str) {
        let mut line = String::new();
        for word in text.split_whitespace() {
            // A sentence begins a line, so that the space between two is always the same.
            if !line.is_empty() && (line.ends_with('.') || line.len() + word.len() >= LONGEST_LINE) {
                self.line(&line);
                line.clear();
            }
            if line.is_empty() && word.starts_with(['.', '\'']) {
                line.push_str("\\&");
            } else if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        if !line.is_empty() {
            self.line(&line);
        }
    }

    /// Paragraphs, and lines that are indented because they stand as they are.
    fn block(&mut self, text: &str) {
        let mut example = false;
        let mut started = false;
        let mut gap = false;
        for line in text.trim_end().lines() {
            let is_example = line.starts_with("  ");
            if is_example != example {
                let macros: &[&str] = if is_example { &[".PP", ".RS 4", ".nf"] } else { &[".fi", ".RE"] };
                macros.iter().skip(usize::from(is_example && !started)).for_each(|name| self.line(name));
                gap = !is_example;
                example = is_example;
            }
            if line.is_empty() {
                gap = true;
            } else if is_example {
                self.line(&format!("\\&{}", escaped(line.strip_prefix("  ").unwrap_or(line))));
            } else if let Some(item) = line.strip_prefix("* ") {
                self.line(".IP \\(bu 2");
                self.text(item);
                gap = false;
            } else {
                if gap {
                    self.line(".PP");
                    gap = false;
                }
                self.text(line);
            }
            started = true;
        }
        if example {
            self.line(".fi");
            self.line(".RE");
        }
    }

    /// A name, or several one below the other, and what is to be said about it.
    fn entry(&mut self, names: &[&str], text: &str) {
        for (at, name) in names.iter().enumerate() {
            self.line(if at == 0 { ".TP" } else { ".TQ" });
            self.line(&format!("\\fB{}\\fR", escaped(name)));
        }
        self.text(text);
    }

    fn facts(&mut self, heading: &str, facts: &[Fact], command: Option<&str>) {
        let mut about = facts.iter().filter(|fact| is_about(fact, command)).peekable();
        if about.peek().is_some() {
            self.section(heading);
        }
        about.for_each(|(names, text, _)| self.entry(names, text));
    }

    /// What `clap_mangen` wrote: its lines cut where they are too long, its own preamble left out.
    fn raw(&mut self, roff: &str) {
        for line in roff.lines().filter(|line| !line.starts_with(".ie ") && !line.starts_with(".el ")) {
            match line.strip_prefix(".SH ") {
                Some(_) => self.line(line),
                None if line.starts_with('.') => self.line(line.trim_end()),
                None => self.wrapped(&bold(&line.replace("\\*(Aq", "\\(aq"))),
            }
        }
    }
}

/// Text as man(7) takes it.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq")
}

/// What stands in backticks is a name.
fn bold(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { format!("\\fB{part}\\fR") } else { part.to_owned() }).collect()
}
