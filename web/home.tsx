import './style/home.css'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { BASE } from './api/request.ts'
import { resume, user } from './api/session.ts'
import { SignIn } from './home/sign-in.tsx'
import { text } from './language/text.ts'
import { Header } from './parts/header.tsx'
import { Icon } from './parts/icon.tsx'
import { start } from './parts/start.tsx'

function Home() {
  const isKnown = useSignal(false)
  useEffect(() => {
    resume()
      .catch(() => false)
      .finally(() => {
        isKnown.value = true
      })
  }, [])
  return (
    <>
      <Header page="home" />
      <main class="home">
        {isKnown.value && (user.value ? <Ways /> : <SignIn />)}
        <Descriptions />
      </main>
    </>
  )
}

function Ways() {
  return (
    <section class="ways" aria-labelledby="welcome">
      <h1 id="welcome">{text('home.welcome', { name: user.value?.username ?? '' })}</h1>
      <a class="way" href={`${BASE}/pack`}>
        <Icon name="barcode" />
        <strong>{text('nav.pack')}</strong>
        <span>{text('home.pack')}</span>
      </a>
      <a class="way" href={`${BASE}/floor`}>
        <Icon name="printer" />
        <strong>{text('nav.floor')}</strong>
        <span>{text('home.floor')}</span>
      </a>
    </section>
  )
}

function Descriptions() {
  return (
    <footer>
      <h2>{text('home.interfaces')}</h2>
      <ul>
        <li>
          <a href={`${BASE}/docs`}>REST</a>
        </li>
        <li>
          <a href={`${BASE}/docs/rpc`}>JSON-RPC</a>
        </li>
        <li>
          <a href={`${BASE}/docs/thermal`}>{text('home.thermal')}</a>
        </li>
      </ul>
    </footer>
  )
}

await start(Home, 'home.title')
