// Leads keyboard and screen reader to the summary of errors when the page comes back with one.
document.querySelector("[data-resume-erreurs]")?.focus();
