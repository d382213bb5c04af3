//! Reads leaf elements of STS responses, which AWS writes with known elements and without attributes.
//!
//! Not an XML parser: it finds `<Name>text</Name>` and decodes the five entities and character references.

/// The content of the first element of that name, markup included.
pub(super) fn element<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0)
}

/// The decoded text of the first element of that name; `None` if it has child elements.
pub(super) fn text(document: &str, name: &str) -> Option<String> {
    let content = element(document, name)?;
    if content.contains('<') { None } else { unescape(content) }
}

fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (entity, after) = after.split_once(';')?;
        out.push_str(before);
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = entity.strip_prefix('#')?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => number.parse(),
                };
                char::from_u32(code.ok()?)?
            }
        });
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::{element, text};

    #[test]
    fn leaves_are_found_and_unescaped() {
        let document = "<A xmlns=\"x\"><Error><Code>AccessDenied</Code><Message>a &lt;b&gt; &amp; &#39;c&#x27; &quot;</Message>\
                        </Error></A>";
        assert_eq!(text(document, "Code").as_deref(), Some("AccessDenied"));
        assert_eq!(text(document, "Message").as_deref(), Some("a <b> & 'c' \""));
        assert_eq!(text(document, "Error"), None);
        assert_eq!(text(document, "Type"), None);
        assert_eq!(element(document, "Error").and_then(|error| text(error, "Code")).as_deref(), Some("AccessDenied"));
    }

    #[test]
    fn damaged_text_is_none() {
        for document in ["<C>x", "<C>&bad;</C>", "<C>&#xffffffff;</C>", "<C>&#;</C>", "<C>& </C>", "</C><C>"] {
            assert_eq!(text(document, "C"), None, "{document}");
        }
    }
}
