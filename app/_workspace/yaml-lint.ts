import { linter, type Diagnostic } from '@codemirror/lint';
import { parseAllDocuments } from 'yaml';

/** More would only hide the first. */
const MAX_DIAGNOSTICS = 20;

/** Marks what is no YAML. What is YAML and no Kubernetes object, the API server says. */
export const yamlLint = linter(
  (view) => {
    const text = view.state.doc.toString();
    const documents = parseAllDocuments(text, { prettyErrors: false });
    if (!Array.isArray(documents)) return [];
    const found: Diagnostic[] = documents.flatMap((document) => [
      ...document.errors.map((error) => ({ severity: 'error' as const, error })),
      ...document.warnings.map((error) => ({ severity: 'warning' as const, error })),
    ].map(({ severity, error }) => {
      const from = Math.min(error.pos[0], text.length);
      return { from, to: Math.min(Math.max(error.pos[1], from + 1), text.length), severity, message: error.message };
    }));
    return found.slice(0, MAX_DIAGNOSTICS);
  },
  { delay: 400 },
);
