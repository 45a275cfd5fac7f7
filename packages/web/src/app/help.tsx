import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import './help.css';
import type { Shortcuts } from './shortcuts.ts';

/** Every key of the page at hand, by room. */
export function Help(props: {
  readonly rooms: readonly Shortcuts[];
  readonly isOpen: boolean;
  readonly setOpen: (isOpen: boolean) => void;
}) {
  const { t } = useTranslation('app');
  return (
    <ModalOverlay className="help-ground" isOpen={props.isOpen} onOpenChange={props.setOpen} isDismissable>
      <Modal className="help">
        <Dialog>
          {({ close }) => (
            <>
              <div className="help-head">
                <Heading slot="title">{t('help.title')}</Heading>
                <button type="button" className="button" onClick={close}>
                  {t('close')}
                </button>
              </div>
              <p>{t('help.text')}</p>
              <div className="help-rooms">
                {props.rooms.map((room) => (
                  <RoomKeys key={room.room} {...room} />
                ))}
              </div>
            </>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function RoomKeys({ room, list }: Shortcuts) {
  const { t } = useTranslation('app');
  const { t: own } = useTranslation(room);
  return (
    <section>
      <h3>{t(`help.room.${room}`)}</h3>
      <dl className="help-keys">
        {list.map(({ keys, textKey }) => (
          <div key={textKey}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{own(textKey)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
