//! A letter as HTML that mail programs show: no tables, no images, nothing loaded, styles inline (some programs drop
//! `<style>`), dark where the reader's screen is.

use std::fmt::Write;

/// What stands in a letter.
#[derive(Clone, Copy, Debug)]
pub struct Html<'a> {
    /// The subject, once more, for programs that show a title.
    pub subject: &'a str,
    /// The words to the person, paragraph by paragraph.
    pub paragraphs: &'a [&'a str],
    /// A button's words and where it leads; it stands before the last paragraph.
    pub action: Option<(&'a str, &'a str)>,
}

/// What inline styles cannot say. `!important`, since inline styles win otherwise.
const DARK: &str = "@media (prefers-color-scheme:dark){\
    .page{background:#14181b!important;color:#e8ecee!important}\
    .card{background:#1d2327!important;border-color:#39434a!important}\
    .quiet,.quiet a{color:#a9b4bb!important}\
    .button{background:#7fc9c3!important;color:#10201f!important}}";
const PAGE: &str = "margin:0;padding:24px 12px;background:#f3f5f5;color:#1c2326;\
    font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5";
const CARD: &str = "max-width:544px;margin:0 auto;padding:24px;background:#ffffff;border:1px solid #d5dcdc;\
    border-radius:8px";
const BUTTON: &str = "display:inline-block;padding:12px 20px;border-radius:6px;background:#1f5f5b;color:#ffffff;\
    font-weight:600;text-decoration:none";
const QUIET: &str = "color:#55616a;font-size:14px;overflow-wrap:anywhere;word-break:break-word";
/// Out of sight: what a list of mails shows behind the subject.
const PREHEADER: &str = "display:none;max-height:0;overflow:hidden;mso-hide:all";

impl Html<'_> {
    /// The document. All text is escaped.
    #[must_use]
    pub fn render(&self) -> String {
        let subject = escape(self.subject);
        let preheader = escape(self.paragraphs.get(1).or(self.paragraphs.first()).unwrap_or(&""));
        format!(
            "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\">\
             <meta name=\"supported-color-schemes\" content=\"light dark\">\
             <title>{subject}</title><style>{DARK}</style></head>\
             <body class=\"page\" style=\"{PAGE}\"><div style=\"{PREHEADER}\">{preheader}</div>\
             <div class=\"card\" style=\"{CARD}\">{}\
             <p class=\"quiet\" style=\"{QUIET};margin:24px 0 0\">IntelliStack</p></div></body></html>",
            self.body()
        )
    }

    fn body(&self) -> String {
        let mut html = String::new();
        let last = self.paragraphs.len().saturating_sub(1);
        for (number, text) in self.paragraphs.iter().enumerate() {
            if number == last {
                html.push_str(&self.button());
            }
            // Writing into a String cannot fail.
            let _ = write!(html, "<p style=\"margin:0 0 16px\">{}</p>", escape(text));
        }
        html
    }

    /// The button, and its address in plain for who does not trust buttons or sees none.
    fn button(&self) -> String {
        let Some((words, link)) = self.action else { return String::new() };
        let (words, link) = (escape(words), escape(link));
        format!(
            "<p style=\"margin:24px 0\"><a class=\"button\" href=\"{link}\" style=\"{BUTTON}\">{words}</a></p>\
             <p class=\"quiet\" style=\"{QUIET};margin:0 0 16px\">Or open this address:<br>\
             <a href=\"{link}\" style=\"color:inherit\">{link}</a></p>"
        )
    }
}

/// Text as HTML text or attribute.
fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(action: Option<(&str, &str)>) -> String {
        Html { subject: "s", paragraphs: &["Hello <b>x</b>\",", "Please do.", "Bye."], action }.render()
    }

    #[test]
    fn what_people_write_cannot_become_markup() {
        let html = letter(Some(("<i>", "https://x/?a=1&b=\"2")));
        assert!(html.contains("Hello &lt;b&gt;x&lt;/b&gt;&quot;,") && !html.contains("<b>"), "{html}");
        assert!(html.contains("href=\"https://x/?a=1&amp;b=&quot;2\"") && !html.contains("<i>"), "{html}");
    }

    #[test]
    fn nothing_is_loaded_and_the_link_stands_there_in_plain() {
        let html = letter(Some(("Go", "https://x/y")));
        assert_eq!(html.matches("https://").count(), 3, "button, plain link and its text: {html}");
        for loading in ["<img", "<script", "<link", "url(", "@import", "src="] {
            assert!(!html.contains(loading), "{loading}");
        }
    }

    #[test]
    fn a_letter_without_anything_to_do_has_no_link() {
        assert!(!letter(None).contains("<a "));
    }
}
