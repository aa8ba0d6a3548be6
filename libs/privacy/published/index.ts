export * from './subject.events.js';
