//! Markdown to safe HTML: anchors, highlighted code, MathML.
