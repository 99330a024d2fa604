// Whether a node takes letters: keys rest there.
export const typing = (node) =>
  node instanceof HTMLElement &&
  (node.isContentEditable || node.matches("textarea, select") ||
    (node.matches("input") && !["radio", "checkbox", "button", "submit", "file"].includes(node.type)));
