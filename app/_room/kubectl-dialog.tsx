'use client';

/** «Use your own kubectl»: the participant's kubeconfig, to download or to fetch from a terminal. */
import { Download, Plug } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button, IconButton } from '../_ui/button.tsx';
import { Dialog } from '../_ui/dialog.tsx';
import { LinkField } from '../_ui/link-field.tsx';
import { useNotices } from '../_ui/notices.tsx';
import styles from './kubectl-dialog.module.css';
import { useMe, useRoom } from './room-context.tsx';

const PATH = '/api/kubeconfig';

export function KubectlButton() {
  const t = useTranslations('room.kubectl');
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton label={t('button')} onClick={() => setOpen(true)} data-testid="kubectl">
        <Plug size={18} aria-hidden="true" />
      </IconButton>
      <Dialog open={open} onOpenChange={setOpen} title={t('title')} description={t('description')} width="medium">
        <KubectlContent />
      </Dialog>
    </>
  );
}

function KubectlContent() {
  const t = useTranslations('room.kubectl');
  const { session } = useRoom();
  const me = useMe();
  const notices = useNotices();
  const [busy, setBusy] = useState(false);
  const file = `quorum-${session.roomId}.yaml`;
  const fetched = `curl -fsS -H 'Authorization: Bearer ${session.token}' ${location.origin}${PATH} -o ${file}`;
  const download = async (): Promise<void> => {
    setBusy(true);
    try {
      const response = await fetch(PATH, { headers: { Authorization: `Bearer ${session.token}` } });
      if (!response.ok) throw new Error(await response.text());
      save(await response.blob(), file);
    } catch (error) {
      notices.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className={styles.steps}>
      <div className={styles.download}>
        <Button variant="primary" icon={<Download size={16} aria-hidden="true" />} busy={busy} onClick={() => void download()} data-testid="kubeconfig-download">
          {t('download')}
        </Button>
        <span className={styles.file}>{file}</span>
      </div>
      <LinkField label={t('fetch')} hint={t('fetchHint')} url={fetched} testId="kubeconfig-command" />
      <LinkField label={t('use')} url={`export KUBECONFIG=$PWD/${file}`} testId="kubeconfig-use" />
      <LinkField label={t('try')} url="kubectl get nodes" testId="kubeconfig-try" />
      <p className={styles.note}>{me.role === 'observer' ? t('noteObserver') : t('note')}</p>
    </div>
  );
}

/** Puts a file where the browser puts downloads. */
function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
