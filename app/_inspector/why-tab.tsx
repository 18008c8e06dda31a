'use client';

/**
 * «Why is this as it is?» and «what did it set off?»: every write of the simulation carries what it reacted to, so that both have answers.
 * The chain reads downwards from the object to whoever began it.
 */
import { CircleHelp, Clock3, Cog, Cpu, Database, Flame, Hourglass, ListTree, Power, Server, SquareTerminal, UserRound, Waypoints } from 'lucide-react';
import { useState, type ComponentType } from 'react';
import { useTranslations } from 'use-intl';
import type { CausedWrite, ObjectRef, WhyStep } from '../../server/rooms/service.ts';
import { clockTime } from '../_lib/format-time.ts';
import { useClusterSource } from '../_lib/cluster-source.tsx';
import { IconButton } from '../_ui/button.tsx';
import { classes } from '../_ui/classes.ts';
import { EmptyState } from '../_ui/empty-state.tsx';
import { actorOf, type Actor, type ActorKind } from './actors.ts';
import { ChangeWords } from './change-words.tsx';
import { EffectsList } from './effects-list.tsx';
import { later } from './effects-tree.ts';
import { Segments } from './segments.tsx';
import { TabState } from './tab-state.tsx';
import type { TabProps } from './tab-props.ts';
import { useRefreshed } from './use-refreshed.ts';
import styles from './why-tab.module.css';

export const ACTOR_ICONS: Record<ActorKind, ComponentType<{ size?: number; 'aria-hidden'?: 'true' }>> = {
  person: UserRound,
  program: SquareTerminal,
  controller: Cog,
  scheduler: Waypoints,
  kubelet: Server,
  apiserver: Database,
  component: Cpu,
};

type Question = 'last' | 'created' | number;

export function WhyTab({ subject, object, version }: TabProps) {
  const t = useTranslations('inspector.why');
  const source = useClusterSource();
  const history = useRefreshed(() => source.history?.(subject) ?? Promise.resolve([]), subject.key, version);
  const [question, setQuestion] = useState<Question>('last');
  const writes = history.data ?? [];
  const creation = writes.find(({ write }) => write.verb === 'create')?.write.revision;
  const lastRevision = writes[0]?.write.revision ?? (object ? Number(object.metadata.resourceVersion) : undefined);
  const revision = question === 'last' ? lastRevision : question === 'created' ? (creation ?? lastRevision) : question;
  if (revision === undefined) return <TabState loaded={history} />;
  return (
    <div className={styles.tab} tabIndex={0} aria-label={t('label')}>
      <div className={styles.questions}>
        <Segments
          label={t('question')}
          value={typeof question === 'number' ? 'other' : question}
          choices={[
            { value: 'last', label: t('questions.last') },
            ...(creation === undefined ? [] : [{ value: 'created' as const, label: t('questions.created') }]),
            ...(typeof question === 'number' ? [{ value: 'other' as const, label: t('questions.other') }] : []),
          ]}
          onChange={(value) => value !== 'other' && setQuestion(value)}
        />
        {writes.length > 1 && <WriteChoice writes={writes} revision={revision} onChoose={setQuestion} />}
      </div>
      <Chain key={String(question)} subject={subject} revision={revision} />
    </div>
  );
}

/** Any of the object's writes. */
function WriteChoice({ writes, revision, onChoose }: { writes: readonly CausedWrite[]; revision: number; onChoose(revision: number): void }) {
  const t = useTranslations('inspector.why');
  const changes = useTranslations('inspector.changeNames');
  return (
    <select className={styles.writes} aria-label={t('writes', { count: writes.length })} value={revision} onChange={(event) => onChoose(Number(event.target.value))}>
      {writes.map(({ write, change }) => (
        <option key={write.revision} value={write.revision}>
          {clockTime(write.time)} · {nameOf(actorOf(write.writer))} · {change.kind === 'pod-status' && change.from !== change.to ? change.to : changes(change.kind)}
        </option>
      ))}
    </select>
  );
}

function nameOf({ name, node }: Actor): string {
  return node ? `${name} (${node})` : name;
}

function Chain({ subject, revision }: { subject: ObjectRef; revision: number }) {
  const t = useTranslations('inspector.why');
  const source = useClusterSource();
  const why = useRefreshed(() => source.why?.(revision) ?? Promise.resolve([]), subject.key, revision);
  const [asked, setAsked] = useState<Cause>();
  if (why.data === undefined) return <TabState loaded={why} />;
  if (why.data.length === 1 && why.data[0]?.kind === 'forgotten') {
    return (
      <EmptyState icon={<CircleHelp size={28} aria-hidden="true" />} title={t('forgottenTitle')}>
        {source.mode === 'live' ? t('forgottenLive') : t('forgottenReplay')}
      </EmptyState>
    );
  }
  const begun = causeOf(why.data);
  const cause = asked ?? begun;
  return (
    <>
      <ol className={styles.chain} data-testid="inspector-why">
        {why.data.map((step, index) => {
          const before = timeOf(why.data?.[index + 1]);
          const own = causeOfStep(step);
          return (
            <Step
              key={`${step.kind} ${own?.id ?? index}`}
              step={step}
              subject={subject}
              first={index === 0}
              last={index === (why.data?.length ?? 0) - 1}
              elapsed={before === undefined ? undefined : (timeOf(step) ?? before) - before}
              asked={own !== undefined && sameCause(own, cause)}
              onAsk={own && source.effects ? () => setAsked(own) : undefined}
            />
          );
        })}
      </ol>
      {source.effects && cause && <EffectsList key={`${cause.kind} ${cause.id}`} subject={subject} cause={cause} version={revision} />}
    </>
  );
}

export interface Cause {
  kind: 'input' | 'write';
  id: number;
  time: number | undefined;
}

function causeOfStep(step: WhyStep): Cause | undefined {
  if (step.kind === 'write') return { kind: 'write', id: step.write.revision, time: step.write.time };
  return step.kind === 'input' ? { kind: 'input', id: step.sequence, time: step.time } : undefined;
}

/** Where the chain began. */
function causeOf(steps: readonly WhyStep[]): Cause | undefined {
  for (const step of [...steps].reverse()) {
    const cause = causeOfStep(step);
    if (cause) return cause;
  }
  return undefined;
}

function sameCause(x: Cause, y: Cause | undefined): boolean {
  return x.kind === y?.kind && x.id === y.id;
}

function timeOf(step: WhyStep | undefined): number | undefined {
  if (step?.kind === 'write') return step.write.time;
  return step?.kind === 'input' || step?.kind === 'timer' ? step.time : undefined;
}

interface StepProps {
  step: WhyStep;
  subject: ObjectRef;
  first: boolean;
  last: boolean;
  /** Time since the step before it (the next one down), ms. */
  elapsed: number | undefined;
  asked: boolean;
  onAsk: (() => void) | undefined;
}

function Step({ step, subject, first, last, elapsed, asked, onAsk }: StepProps) {
  const t = useTranslations('inspector.why');
  const time = timeOf(step);
  const actor = step.kind === 'write' ? actorOf(step.write.writer) : undefined;
  const Icon = actor ? ACTOR_ICONS[actor.kind] : step.kind === 'input' ? (step.summary.startsWith('fault.') ? Flame : UserRound) : step.kind === 'timer' ? Hourglass : step.kind === 'boot' ? Power : Clock3;
  return (
    <li className={classes(styles.step, last && styles.last)} data-actor={actor?.kind ?? (step.kind === 'input' ? 'person' : step.kind)}>
      {!first && <p className={styles.because}>{t('because')}</p>}
      <div className={styles.card}>
        <span className={styles.icon}>
          <Icon size={15} aria-hidden="true" />
        </span>
        <div className={styles.words}>
          <p className={styles.actor}>
            <span className={styles.actorName}>{actor ? (actor.node ? t('actorOn', { name: actor.name, node: actor.node }) : actor.name) : <Origin step={step} />}</span>
            {onAsk && (
              <IconButton label={t('ask')} size="small" side="left" pressed={asked} className={styles.ask} onClick={onAsk}>
                <ListTree size={15} aria-hidden="true" />
              </IconButton>
            )}
            {time !== undefined && time > 0 && (
              <span className={styles.time}>
                {elapsed !== undefined && elapsed > 0 && <span className={styles.elapsed}>{later(elapsed)}</span>}
                <time dateTime={new Date(time).toISOString()}>{clockTime(time)}</time>
              </span>
            )}
          </p>
          {step.kind === 'write' && (
            <p className={styles.change}>
              <ChangeWords caused={step} subject={subject} />
            </p>
          )}
          {step.kind === 'input' && <InputWords step={step} />}
          {step.kind === 'forgotten' && <p className={styles.change}>{t('forgottenStep', { revision: String(step.revision) })}</p>}
          {step.kind === 'timer' && <p className={styles.change}>{t('timerHint')}</p>}
          {step.kind === 'boot' && <p className={styles.change}>{t('bootHint')}</p>}
        </div>
      </div>
    </li>
  );
}

function Origin({ step }: { step: WhyStep }) {
  const t = useTranslations('inspector.why');
  if (step.kind === 'input') return step.participantName ?? t('somebody');
  if (step.kind === 'timer') return t('timer');
  return step.kind === 'boot' ? t('boot') : t('earlier');
}

/** What a person did: the line that was typed where it is known, else what arrived at the API server. */
function InputWords({ step }: { step: Extract<WhyStep, { kind: 'input' }> }) {
  const t = useTranslations('inspector.why');
  const [verb, ...rest] = step.summary.split(' ');
  const fault = verb === 'fault.break' ? t('broke') : verb === 'fault.heal' ? t('healed') : undefined;
  return (
    <div className={styles.change}>
      {step.line !== undefined ? (
        <>
          <p>{t('ran')}</p>
          <code className={styles.command}>{step.line}</code>
        </>
      ) : fault ? (
        <p>
          {fault} <b>{rest.join(' ')}</b>
        </p>
      ) : (
        step.summary !== '' && (
          <>
            <p>{t('sent')}</p>
            <code className={styles.command}>{step.summary}</code>
          </>
        )
      )}
    </div>
  );
}
