import {render} from 'preact';
import {App} from './view/app';
import './view/style.css';

render(<App />, document.getElementById('page')!);
