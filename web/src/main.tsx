import {render} from 'preact';
import {App} from './view/app';
import './style/tokens.css';
import './style/frame.css';
import './style/lists.css';
import './style/screens.css';
import './style/wall.css';

render(<App />, document.getElementById('page')!);
