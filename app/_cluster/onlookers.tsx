import { Avatar } from '../_ui/avatar.tsx';
import type { PresentPerson } from './presence.tsx';
import styles from './onlookers.module.css';

const FACES = 3;

/** Small faces on the corner of an object that others have open. */
export function Onlookers({ people }: { people: readonly PresentPerson[] | undefined }) {
  if (!people) return null;
  return (
    <span className={styles.onlookers}>
      {people.slice(0, FACES).map(({ id, name, color }) => (
        <Avatar key={id} name={name} color={color} size={16} title={name} />
      ))}
    </span>
  );
}
