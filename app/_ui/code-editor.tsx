'use client';

/** A code editor (CodeMirror) in the page's colours. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { yaml } from '@codemirror/lang-yaml';
import { diff } from '@codemirror/merge';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import styles from './code-editor.module.css';

const theme = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'transparent', color: 'var(--text)', fontSize: '13px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.55' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--text-faint)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
  '.cm-cursor': { borderLeftColor: 'var(--accent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'light-dark(#c9d6ff, #2b3b75)' },
  '.cm-panels': { backgroundColor: 'var(--canvas)', color: 'var(--text)' },
  '.cm-panels-bottom': { borderTop: '1px solid var(--line)' },
  '.cm-textfield': { backgroundColor: 'var(--surface)', border: '1px solid var(--line-strong)', borderRadius: '6px' },
  '.cm-button': { backgroundImage: 'none', backgroundColor: 'var(--raised)', border: '1px solid var(--line-strong)', borderRadius: '6px' },
  '.cm-tooltip': { backgroundColor: 'var(--raised)', border: '1px solid var(--line)', borderRadius: '6px' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--accent-soft)', border: 'none', color: 'var(--accent)', padding: '0 6px' },
  '.cm-searchMatch': { backgroundColor: 'var(--pending-soft)', outline: '1px solid var(--pending)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--accent-soft)' },
  // Cursors of others, by y-codemirror.next.
  '.cm-ySelectionInfo': { fontFamily: 'var(--font-sans)', fontSize: '11px', fontWeight: '600', padding: '1px 6px', borderRadius: '4px', opacity: '1', top: '-1.5em', color: '#10141c' },
});

const highlight = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  { tag: [tags.string, tags.content], color: 'var(--text)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--pending)' },
  { tag: tags.comment, color: 'var(--text-faint)', fontStyle: 'italic' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--text-muted)' },
  { tag: [tags.keyword, tags.typeName, tags.labelName], color: 'var(--unknown)' },
]);

const base: Extension = [
  lineNumbers(),
  foldGutter(),
  drawSelection(),
  indentUnit.of('  '),
  indentOnInput(),
  bracketMatching(),
  highlightSelectionMatches(),
  syntaxHighlighting(highlight),
  yaml(),
  theme,
  keymap.of([...searchKeymap, ...foldKeymap]),
];

/** Extensions of an editor that somebody types in. Undo is added apart: shared documents have their own. */
export const editable: Extension = [highlightActiveLine(), highlightActiveLineGutter(), keymap.of([...defaultKeymap, indentWithTab]), EditorView.contentAttributes.of({ tabindex: '0' })];
export const ownHistory: Extension = [history(), keymap.of(historyKeymap)];
export const readOnly: Extension = [EditorState.readOnly.of(true), EditorView.editable.of(false), EditorView.contentAttributes.of({ tabindex: '0' })];

/** Texts that differ more are compared less closely. */
const DIFF_SCAN_LIMIT = 1_000;
const DIFF_TIMEOUT_MS = 50;

interface CodeEditorProps {
  /** The text that it begins with; a later value replaces the text when the editor only shows it. */
  text: string;
  /** Name for screen readers. */
  label: string;
  /** Must stay the same object, or the editor begins anew. */
  extensions: Extension;
  onView?(view: EditorView): void;
  testId?: string;
}

export function CodeEditor({ text, label, extensions, onView, testId }: CodeEditorProps) {
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const first = useRef(text);
  first.current = text;
  const tell = useRef(onView);
  tell.current = onView;
  useEffect(() => {
    if (!parent.current) return;
    const editor = new EditorView({
      parent: parent.current,
      state: EditorState.create({ doc: first.current, extensions: [base, extensions, EditorView.contentAttributes.of({ 'aria-label': label })] }),
    });
    view.current = editor;
    tell.current?.(editor);
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, [extensions, label]);
  useEffect(() => {
    const editor = view.current;
    if (!editor?.state.readOnly || editor.state.doc.toString() === text) return;
    // Only what differs is replaced: selection, folds and the place that somebody reads stay where they are.
    const changes = diff(editor.state.doc.toString(), text, { scanLimit: DIFF_SCAN_LIMIT, timeout: DIFF_TIMEOUT_MS });
    editor.dispatch({ changes: changes.map(({ fromA, toA, fromB, toB }) => ({ from: fromA, to: toA, insert: text.slice(fromB, toB) })) });
  }, [text]);
  return <div ref={parent} className={styles.editor} data-testid={testId} />;
}
