/** What is thrown to leave commands from inside. */

/** A signal came: unwinds to whatever the signal was for. */
export class AbortedError extends Error {
  override readonly name = 'AbortError';
  constructor(readonly signal: AbortSignal) {
    super('aborted');
  }
}

export class ExitSignal {
  constructor(readonly status: number) {}
}

export class ReturnSignal {
  constructor(readonly status: number) {}
}

/** `break` and `continue`; `levels` loops are left. */
export class LoopSignal {
  constructor(
    readonly kind: 'break' | 'continue',
    readonly levels: number,
  ) {}
}
