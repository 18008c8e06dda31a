'use client';

/** kubectl for this object: typed into my terminal in a live room, copied elsewhere. Students see what they would type. */
import { Copy, CornerDownLeft, TextCursorInput } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useRef, type ReactElement } from 'react';
import { useTranslations } from 'use-intl';
import type { ObjectRef } from '../../server/rooms/service.ts';
import type { KubeObject } from '../../server/simulation/apiserver/types.ts';
import { classes } from '../_ui/classes.ts';
import { writeClipboard } from '../_ui/copy-button.tsx';
import { useNotices } from '../_ui/notices.tsx';
import { commandsFor, type KubectlCommand } from './commands.ts';
import menu from '../_ui/menu.module.css';
import styles from './command-menu.module.css';
import type { KnownRow } from './kinds.ts';
import { kubectlTarget } from './kinds.ts';
import { useLiveRoom } from './live.tsx';

interface CommandMenuProps {
  subject: ObjectRef;
  object: KubeObject | undefined;
  known: KnownRow | undefined;
  gone: boolean;
  /** The trigger. */
  children: ReactElement;
}

export function CommandMenu({ subject, object, known, gone, children }: CommandMenuProps) {
  const t = useTranslations('inspector.commands');
  const common = useTranslations('common');
  const notices = useNotices();
  const live = useLiveRoom();
  const containers = ((object?.kind === 'Pod' ? object.spec?.containers : undefined) ?? []) as { name: string }[];
  const commands = commandsFor(subject, { cordoned: known?.table === 'nodes' && !known.row.schedulable, containers: containers.map(({ name }) => name) });
  const typed = live?.type && !gone ? live.type : undefined;
  const copy = (line: string): void => {
    writeClipboard(line).then(
      () => notices.done(t('copied', { line })),
      () => notices.failedWith(common('copyFailed')),
    );
  };
  // Typed when the menu has closed: until then it holds the focus, which the terminal must get.
  const chosen = useRef<KubectlCommand>(null);
  const choose = (command: KubectlCommand): void => {
    if (typed) chosen.current = command;
    else copy(command.line);
  };
  const onCloseAutoFocus = (event: Event): void => {
    const command = chosen.current;
    chosen.current = null;
    if (!command || !typed) return;
    event.preventDefault();
    typed(command.line, command.enter);
  };
  const getYaml = `kubectl get ${kubectlTarget(subject)} -o yaml`;
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content onCloseAutoFocus={onCloseAutoFocus} className={classes(menu.content, styles.menu)} align="end" sideOffset={6} collisionPadding={8}>
          <DropdownMenu.Label className={menu.label}>{typed ? t('typeTitle') : t('copyTitle')}</DropdownMenu.Label>
          {commands.map((command) => (
            <DropdownMenu.Item key={command.name} className={classes(menu.item, command.danger && styles.danger)} onSelect={() => choose(command)}>
              <span className={styles.name}>
                {t(`names.${command.name}`)}
                <span className={styles.how}>
                  {typed ? command.enter ? <CornerDownLeft size={13} aria-hidden="true" /> : <TextCursorInput size={13} aria-hidden="true" /> : <Copy size={13} aria-hidden="true" />}
                  {typed ? (command.enter ? t('runs') : t('youEnter')) : common('copy')}
                </span>
              </span>
              <code className={styles.line}>{command.line}</code>
            </DropdownMenu.Item>
          ))}
          <DropdownMenu.Separator className={menu.separator} />
          <DropdownMenu.Item className={menu.item} onSelect={() => copy(getYaml)}>
            <span className={styles.name}>
              {t('copyYaml')}
              <span className={styles.how}>
                <Copy size={13} aria-hidden="true" />
                {common('copy')}
              </span>
            </span>
            <code className={styles.line}>{getYaml}</code>
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
