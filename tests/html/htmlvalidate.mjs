// Every rule of the presets but those below, each with its reason.
export default {
  root: true,
  extends: ["html-validate:standard", "html-validate:a11y", "html-validate:document"],
  rules: {
    // Ours come from the page's own host and are named by their content: a hash would guard nothing.
    "require-sri": ["error", { target: "crossorigin" }],
    // Safari's screen reader does not say that a list without bullets is a list, unless told.
    "no-redundant-role": "off",
    "prefer-native-element": ["error", { exclude: ["list"] }],
  },
};
