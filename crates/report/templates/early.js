document.documentElement.className='js';
try{const theme=localStorage.getItem('lanes-theme');if(theme==='light'||theme==='dark')document.documentElement.dataset.theme=theme}catch{}
