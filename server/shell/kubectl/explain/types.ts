/** What `kubectl explain` shows, wherever it is known from. */
export interface Explained {
  /** The same for the same type, so that a type within itself is shown once. */
  id: object | string;
  description: string;
  fields(): ExplainedField[];
}

export interface ExplainedField {
  name: string;
  type: string;
  required: boolean;
  enum?: string[];
  /** In the list of fields. */
  description: string | undefined;
  /** On its own page. */
  whole: string;
  /** What it holds, through lists and maps. */
  inside: Explained | undefined;
}
